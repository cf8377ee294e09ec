/** A number as people write it: 12,345. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Three decimals. */
export function decimal(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : "-";
}

/** With its sign: +0.123. */
export function gain(value: number): string {
  return Number.isFinite(value) ? `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3)}` : "-";
}

/** A share as a percentage, with as many digits as it takes to tell it from 0 and 1. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "-";
  const value = 100 * share;
  if (value > 0 && value < 0.01) return "< 0.01 %";
  if (value > 99 && value < 100) return `${(Math.floor(10 * value) / 10).toFixed(1)} %`;
  return `${value.toFixed(value > 0 && value < 1 ? 2 : value > 0 && value < 10 ? 1 : 0)} %`;
}

/** Seconds as people say them: 12.3 s, 2 min 5 s, 3 h 10 min. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  return minutesAndMore(Math.round(seconds));
}

/** What remains, in whole seconds: 12 s left. */
export function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${whole < 60 ? `${whole} s` : minutesAndMore(whole)} left`;
}

function minutesAndMore(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** "1 class", "2 classes". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
