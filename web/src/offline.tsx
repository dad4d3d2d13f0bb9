/** What the shell shows where it has no page to show: that there is no network, and what can be opened without one. */
import { render } from "preact";
import type { Document } from "./session/api";
import "./styles/pages/offline.css";
import { takeApp } from "./ui/boot";
import { OfflinePage } from "./ui/stop/offline";

export function showOffline(documents: readonly Document[]): void {
  document.title = "Offline · Galley";
  // Where there is a network after all, the page that was asked for is what is wanted.
  addEventListener("online", () => location.reload());
  const app = takeApp();
  document.body.className = "";
  render(<OfflinePage documents={documents} reachable={navigator.onLine ? "perhaps" : "no"} onRetry={() => location.reload()} />, app);
}
