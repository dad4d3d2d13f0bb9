/** The parts of the list that come later, as one file. Next: `later.ts`, which brings them. */
export { showFocused, trackViewport } from "../document/viewport";
export { InlineName } from "../inline-name";
export { NameDialog } from "../name-dialog";
export { AccountEntries } from "./account-entries";
export { DiskStrip } from "./disk-strip";
export { EmptyList } from "./empty-list";
export { ImportEntries } from "./import-menu";
export { ImportStrip } from "./import-strip";
export { ListAsk } from "./list-ask";
export { ListDrop } from "./list-drop";
export { ListHelp } from "./list-help";
export { RowEntries } from "./row-entries";
