/** One icon to draw. */
export interface Icon {
  file: string;
  size: number;
  scale: number;
  corner: number;
}

export const ICONS: readonly Icon[];
export function draw(icon: Icon): Buffer;
