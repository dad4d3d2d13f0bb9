/**
 * The icons, drawn inline so that no page waits for them: Lucide, ISC licence.
 * One constant each, so that a page ships only what it shows. Here are those of every page's first look; what can be done has
 * its own (`action-icons.tsx`), and a document has more (`more-icons.tsx`).
 */
import type { ComponentChildren, JSX } from "preact";

export type Icon = (props: { size?: "small" | "large" }) => JSX.Element;

export const icon = (shape: () => ComponentChildren): Icon => ({ size }) => (
  <svg class={size ? `i ${size}` : "i"} viewBox="0 0 24 24" aria-hidden="true">
    {shape()}
  </svg>
);

export const Dots = /* @__PURE__ */ icon(() => <><circle cx="12" cy="12" r="1" /><circle cx="19" cy="12" r="1" /><circle cx="5" cy="12" r="1" /></>);
export const Close = /* @__PURE__ */ icon(() => <><path d="M18 6 6 18" /><path d="m6 6 12 12" /></>);
export const Plus = /* @__PURE__ */ icon(() => <><path d="M5 12h14" /><path d="M12 5v14" /></>);
export const Search = /* @__PURE__ */ icon(() => <><path d="m21 21-4.34-4.34" /><circle cx="11" cy="11" r="8" /></>);
export const CloudOff = /* @__PURE__ */ icon(() => <><path d="M10.94 5.274A7 7 0 0 1 15.71 10h1.79a4.5 4.5 0 0 1 4.222 6.057" /><path d="M18.796 18.81A4.5 4.5 0 0 1 17.5 19H9A7 7 0 0 1 5.79 5.78" /><path d="m2 2 20 20" /></>);
export const Warning = /* @__PURE__ */ icon(() => <><path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3" /><path d="M12 9v4" /><path d="M12 17h.01" /></>);
export const Note = /* @__PURE__ */ icon(() => <path d="M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2z" />);
export const Key = /* @__PURE__ */ icon(() => <><path d="M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4z" /><circle cx="16.5" cy="7.5" r=".5" fill="currentColor" /></>);
