/**
 * A component that is loaded when it is first shown, or before (`bring`). Until it is here there is nothing; if it cannot
 * come there is a sentence, and what would have been closed by it is closed, so that asking again tries again.
 */
import type { ComponentType } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { toast } from "./toasts";

export type Lazy<Props> = ComponentType<Props> & {
  /** For when it is about to be shown. What fails now is said when it is shown. */
  bring(): void;
};

export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): Lazy<Props> {
  let known: ComponentType<Props> | null = null;
  const come = async () => (known ??= await load());
  function Lazy(props: Props) {
    const [Shown, setShown] = useState<ComponentType<Props> | null>(() => known);
    useLayoutEffect(() => {
      if (Shown) return;
      come().then(
        (loaded) => setShown(() => loaded),
        () => {
          toast("That could not be loaded. Check the connection and try again.");
          (props as { onClose?(): void }).onClose?.();
        },
      );
    }, []);
    return Shown && <Shown {...props} />;
  }
  return Object.assign(Lazy, { bring: () => void come().catch(() => undefined) });
}
