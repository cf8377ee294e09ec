const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A horizontal bar of at most `width` cells for a share of 0 .. 1. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(8 * width * Math.max(0, Math.min(1, share)));
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}
