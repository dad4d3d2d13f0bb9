/** A person: a disc for an account, a ring for a guest, grey when idle or out of reach. Always one of eight colours. */
export interface FaceProps {
  name: string;
  peer: number;
  guest?: boolean;
  idle?: boolean;
  small?: boolean;
}

export function Face({ name, peer, guest = false, idle = false, small = false }: FaceProps) {
  const classes = ["face", `p${peer}`, guest && "guest", idle && "idle", small && "small"];
  return <span class={classes.filter(Boolean).join(" ")} data-initials={initials(name)} aria-hidden="true" />;
}

/** First letters of the first and the last word. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s-]+/)
    .filter(Boolean);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words[words.length - 1] ?? "")][0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}
