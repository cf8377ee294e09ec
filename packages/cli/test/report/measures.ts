/**
 * What is measured of a page, in the page itself: this text is evaluated there and gives a {@link Measures}.
 *
 * Colours are compared as WCAG 2 says; letters of pictures are measured as large as they are shown.
 */
export const measure = String.raw`(() => {
  const rgb = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.a === 1) return colour;
    }
    return { r: 255, g: 255, b: 255, a: 1 };
  };
  const isShown = (element) => element.getClientRects().length > 0;
  const frameOf = (element) => element.closest(".table, pre");

  const svgs = [...document.querySelectorAll("svg")];
  const texts = [...document.querySelectorAll("body *")].filter(
    (element) => isShown(element) && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "") && !["STYLE", "TITLE", "title"].includes(element.tagName),
  );
  const marks = svgs.flatMap((svg) =>
    [...svg.querySelectorAll("circle, rect, path, line")].filter((mark) => mark.closest("[aria-hidden]") === null),
  );
  const paints = (mark) => {
    const { fill, stroke } = getComputedStyle(mark);
    return [fill, stroke].filter((paint) => paint !== "none" && rgb(paint).a > 0).map(rgb);
  };
  // a label above or below the axis, and the texts of its ticks
  const axes = svgs.flatMap((svg, chart) =>
    [...svg.querySelectorAll('g[font-variant="tabular-nums"]')].map((ticks) => ({
      chart,
      label: (ticks.nextElementSibling?.querySelector("text")?.textContent ?? "").replace(/^[↑→ ]+/, ""),
      ticks: [...ticks.querySelectorAll("text")].map((tick) => tick.textContent),
    })),
  );
  const rowSlack = [...document.querySelectorAll("tr")].filter(isShown).map((row) => {
    const heights = [...row.cells].map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getBoundingClientRect().height;
    });
    return row.getBoundingClientRect().height - Math.max(...heights);
  });
  return {
    pageWidth: document.documentElement.scrollWidth,
    windowWidth: innerWidth,
    sticksOut: texts
      .filter((element) => frameOf(element) === null && element.getBoundingClientRect().right > innerWidth + 0.5)
      .map((element) => element.textContent.slice(0, 60)),
    unreachableFrames: [...document.querySelectorAll(".table, pre")]
      .filter((frame) => isShown(frame) && frame.scrollWidth > frame.clientWidth + 1 && frame.tabIndex < 0)
      .map((frame) => frame.textContent.slice(0, 60)),
    charts: svgs.map((svg) => ({
      role: svg.getAttribute("role"),
      name: svg.getAttribute("aria-label"),
      isReachable: svg.tabIndex === 0 && isShown(svg),
      letters: Math.min(
        ...[...svg.querySelectorAll("text")].map(
          (text) => (Number.parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width) / svg.viewBox.baseVal.width,
        ),
      ),
    })),
    faintTexts: texts
      .map((element) => {
        const style = getComputedStyle(element);
        const colour = rgb(element.closest("svg") === null ? style.color : style.fill);
        return { text: element.textContent.slice(0, 40), contrast: contrast(colour, behind(element)) };
      })
      .filter((text) => text.contrast < 4.5),
    faintMarks: marks
      .map((mark) => ({
        mark: mark.outerHTML.slice(0, 80),
        contrast: Math.max(...paints(mark).map((paint) => contrast(paint, behind(mark)))),
      }))
      .filter((mark) => mark.contrast < 3 && !/stroke="var\(--paper\)"/.test(mark.mark)),
    axes,
    rowSlack: Math.max(0, ...rowSlack),
    paper: luminance(behind(document.querySelector("main"))),
    scripts: document.scripts.length,
  };
})()`;

/** What {@link measure} gives. */
export interface Measures {
  readonly pageWidth: number;
  readonly windowWidth: number;
  /** Texts that reach beyond the window and stand in no frame of their own. */
  readonly sticksOut: readonly string[];
  /** Frames that move sideways and that the keyboard does not reach. */
  readonly unreachableFrames: readonly string[];
  readonly charts: readonly {
    readonly role: string | null;
    readonly name: string | null;
    readonly isReachable: boolean;
    /** The smallest letters, in pixels as shown. */
    readonly letters: number;
  }[];
  /** Of a contrast below 4.5 : 1. */
  readonly faintTexts: readonly { readonly text: string; readonly contrast: number }[];
  /** Of a contrast below 3 : 1. */
  readonly faintMarks: readonly { readonly mark: string; readonly contrast: number }[];
  readonly axes: readonly { readonly label: string; readonly ticks: readonly string[] }[];
  /** The most that a row of a table is higher than what stands in it, in pixels. */
  readonly rowSlack: number;
  /** The luminance of the page's ground, 0 to 1. */
  readonly paper: number;
  readonly scripts: number;
}
