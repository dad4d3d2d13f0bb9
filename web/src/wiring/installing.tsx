/** Makes a loaded page part of the app on this device: its worker, and the banner of a new version. For every entry. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { render } from "preact";
import { scriptUrl } from "../preview/patch";
import { beInstalled, type Installed } from "../session/installed";
import "../styles/update-banner.css";
import { buildOf } from "../sw/build";
import type { Boot } from "../ui/boot";
import { UpdateBanner } from "../ui/update-banner";

export interface Reloading {
  /** Edits that are in this page and nowhere else. */
  loose: ReadonlySignal<number>;
  /** Resolves when what can be kept is kept. */
  flush(): Promise<void>;
}

const nothing: Reloading = { loose: signal(0), flush: () => Promise.resolve() };

export function install(boot: Boot, { loose, flush }: Reloading = nothing): Installed {
  const installed = beInstalled(scriptUrl("/sw.js"), buildOf(boot.build), { full: boot.renderer === "full" });
  const place = document.body.appendChild(document.createElement("div"));
  const reload = async () => {
    await flush();
    await installed.takeOver();
    location.reload();
  };
  render(<UpdateBanner update={installed.update} loose={loose} onReload={() => void reload()} />, place);
  return installed;
}
