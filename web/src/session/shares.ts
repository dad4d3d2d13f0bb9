/** How much of something somebody wrote, in words. Small, so that a page may have it before anything else of this. */
/** Whoever wrote anything wrote a percent, and only who wrote everything wrote all. */
export function percent(part: number): string {
  return `${part === 1 ? 100 : Math.min(99, Math.max(1, Math.round(part * 100)))}%`;
}
