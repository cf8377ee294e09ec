/** What figures are drawn on. */
export const ground = {
  width: 500,
  height: 300,
  style: { background: "white", color: "#1d2733", fontSize: "12px" },
} as const;

/** The same with room below for the axis label beside the ticks. */
export const groundWithRoomBelow = { ...ground, height: 310, marginBottom: 44 } as const;
