/** What a closed door says. Some refusals end the page; the others leave the text on it and say what to do. */
export interface Refusal {
  title: string;
  sentence: string;
  /** What becomes of edits that are kept on this device, where they are not lost to the document. */
  waits?: string;
  /** The way on. */
  door: { label: string; href: string };
}

const home = { label: "Your documents", href: "/" };

/** For a close code that takes the document away; null when the page can stay. */
export function refusal(code: number): Refusal | null {
  switch (code) {
    case 4401:
      return {
        title: "You are signed out",
        sentence: "Your session ended, perhaps in another window. What was saved is still there: sign in to go on.",
        waits: "Your unsent edits are on this device, and are sent once you have signed in.",
        door: { label: "Sign in", href: "/" },
      };
    case 4403:
      return {
        title: "You no longer have access",
        sentence: "Who can open this document has changed. What was saved is still there.",
        door: home,
      };
    case 4410:
      return { title: "This document is deleted", sentence: "It was deleted for good, and cannot be brought back.", door: home };
    case 4404:
      return {
        title: "This document is gone",
        sentence: "It was moved to the trash. Its owner can bring it back from there.",
        door: home,
      };
    default:
      return null;
  }
}
