/** Parts of the page that most visits do without: loaded when they are first shown. */
import { lazily } from "../lazy";

export const OutlinePane = lazily(() => import("./outline/outline").then((module) => module.OutlinePane));
export const SlidesLayer = lazily(() => import("./slides/slides").then((module) => module.SlidesLayer));
export const CheatSheet = lazily(() => import("./cheat-sheet/cheat-sheet").then((module) => module.CheatSheet));
