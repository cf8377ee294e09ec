import * as Plot from "@observablehq/plot";
import domino from "domino";

/** Draws a plot without a browser. */
export function draw(options: Plot.PlotOptions): string {
  const document = domino.createDocument("<!doctype html><body></body>");
  const element = Plot.plot({ ...options, document });
  const svg = element.tagName.toLowerCase() === "svg" ? element : element.querySelector("svg")!;
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return element.outerHTML;
}
