/** The renderer off the main thread, as `name` says which. Next: `rendering.ts`. */
import { rendering } from "./rendering";

/** A text to render, or the wish for the module. */
export type Asked = string | { kind: "give" };

const { render, give } = rendering(self.name === "full" ? "full" : "small", (rendered) => postMessage(rendered));

self.onmessage = ({ data }: MessageEvent<Asked>) => void (typeof data === "string" ? render(data) : give());
