/** Whether something of a document is only on this device. */
import type { Card } from "./device";

export const waits = ({ born, waiting: { edits, notes, files } }: Card): boolean => born || edits + notes + files > 0;
