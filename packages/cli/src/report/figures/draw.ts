import * as Plot from "@observablehq/plot";
import domino from "domino";

/**
 * Draws a plot without a browser: a picture that the keyboard reaches and that says what it shows.
 *
 * @param says what is to be seen, in a sentence, for those who don't see it
 */
export function draw(says: string, options: Plot.PlotOptions): string {
  const document = domino.createDocument("<!doctype html><body></body>");
  const svg = Plot.plot({ ...options, document });
  // the page's style says what Plot's would, and the picture is read as one
  for (const part of Array.from(svg.querySelectorAll("style"))) part.remove();
  for (const part of Array.from(svg.querySelectorAll("[aria-label]"))) part.removeAttribute("aria-label");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", says);
  svg.setAttribute("tabindex", "0");
  return svg.outerHTML;
}
