/**
 * What figures are drawn on: narrow enough that its letters are legible where a phone shrinks it, and a computer's screen
 * holds two beside each other.
 */
export const ground = {
  width: 420,
  height: 280,
  marginLeft: 46,
  marginTop: 30,
  marginBottom: 46,
  marginRight: 20,
  style: { background: "none", color: "inherit", fontSize: "13px" },
} as const;

/** An axis label below the middle of its ticks. */
export const below = { labelAnchor: "center", labelArrow: "none", labelOffset: 40 } as const;
