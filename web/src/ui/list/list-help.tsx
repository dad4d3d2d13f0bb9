/** The keys of the list. */
import { Help } from "../help";

const groups = [
  {
    name: "Documents",
    keys: [
      { label: "New document", chord: "n" },
      { label: "Search titles", chord: "/" },
      { label: "Next", chord: "j" },
      { label: "Previous", chord: "k" },
      { label: "Open", chord: "Enter" },
    ],
  },
  { name: "Anywhere", keys: [{ label: "This page of keys", chord: "?" }] },
];

export function ListHelp({ onClose }: { onClose(): void }) {
  return <Help groups={groups} onClose={onClose} />;
}
