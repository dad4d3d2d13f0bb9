/** What a person types as a name, turned into an account name: [a-z0-9][a-z0-9-]{1,31}. Others see what was typed. */
const spelled: Record<string, string> = {
  ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i"
};

export function accountName(typed: string): string {
  const plain = typed
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[ßæœøłđðþı]/g, (letter) => spelled[letter] ?? "");
  const name = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 32);
  return name.replace(/^-+|-+$/g, "");
}
