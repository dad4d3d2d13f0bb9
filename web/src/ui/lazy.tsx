/** A component that is loaded when it is first shown. Until it is here there is nothing, and if it cannot come a sentence. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { toast } from "./toasts";

export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let known: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const [Shown, setShown] = useState<ComponentType<Props> | null>(() => known);
    useEffect(() => {
      if (Shown) return;
      load().then(
        (loaded) => {
          known = loaded;
          setShown(() => loaded);
        },
        () => toast("That could not be loaded. Check the connection and try again."),
      );
    }, []);
    return Shown && <Shown {...props} />;
  };
}
