/** A title with the words that were searched for. */
import { found } from "./titles";

export function Found({ title, query }: { title: string; query: string }) {
  const ranges = query ? found(title, query) : null;
  if (!ranges) return <>{title}</>;
  const letters = [...title];
  let at = 0;
  const parts = ranges.map(([from, to]) => {
    const before = letters.slice(at, from).join("");
    at = to;
    return [before, <mark key={from}>{letters.slice(from, to).join("")}</mark>];
  });
  return (
    <>
      {parts}
      {letters.slice(at).join("")}
    </>
  );
}
