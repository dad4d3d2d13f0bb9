/** One link: its name, what it allows, when it was last used; copied in one press, revoked in two. */
import { useEffect, useState } from "preact/hooks";
import type { Link, LinkRole } from "../../session/api";
import { copy } from "../copy";
import { Check, ChevronDown, Copy } from "../icons";
import { InlineName } from "../inline-name";
import { roleName } from "../roles";
import { ago, count } from "../time";
import type { ShareActions } from "./share-dialog";

type Doing = "nothing" | "naming" | "revoking";

const roles: readonly LinkRole[] = ["view", "edit"];

export function LinkRow({ link, actions }: { link: Link; actions: ShareActions }) {
  const [doing, setDoing] = useState<Doing>("nothing");
  const name = link.label || "Link";

  const named = (label: string | null) => {
    setDoing("nothing");
    if (label !== null && label !== link.label) actions.change(link, { label });
  };

  return (
    <li class="linkrow">
      <span class="linkrow-what">
        {doing === "naming" ? (
          <InlineName
            label="Name of the link"
            value={link.label}
            placeholder="Who is it for?"
            max={80}
            onDone={named}
          />
        ) : (
          <button type="button" class="linkrow-name" title="Rename" onClick={() => setDoing("naming")}>
            {name}
          </button>
        )}
        <span class="pick">
          <select
            aria-label={`What ${name} allows`}
            value={link.role}
            onChange={(event) => actions.change(link, { role: event.currentTarget.value as LinkRole })}
          >
            {roles.map((role) => (
              <option key={role} value={role}>
                {roleName[role]}
              </option>
            ))}
          </select>
          <ChevronDown size="small" />
        </span>
      </span>
      <small>{used(link)}</small>
      <span class="linkrow-acts">
        <CopyButton url={link.url} />
        <button type="button" class="btn small revoke" onClick={() => setDoing("revoking")}>
          Revoke
        </button>
      </span>
      {doing === "revoking" && (
        <Sure
          onKeep={() => setDoing("nothing")}
          onRenew={() => (setDoing("nothing"), actions.renew(link))}
          onRevoke={() => actions.revoke(link)}
        />
      )}
    </li>
  );
}

interface SureProps {
  onKeep(): void;
  onRenew(): void;
  onRevoke(): void;
}

function Sure({ onKeep, onRenew, onRevoke }: SureProps) {
  return (
    <div class="linkrow-ask" role="alert">
      <span>People who came by this link lose access at once. A new secret keeps the link with another address.</span>
      <button type="button" class="btn small keep" onClick={onKeep}>
        Keep it
      </button>
      <button type="button" class="btn small keep" onClick={onRenew}>
        New secret
      </button>
      <button type="button" class="btn small" ref={(button) => button?.focus()} onClick={onRevoke}>
        Revoke
      </button>
    </div>
  );
}

function CopyButton({ url }: { url: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 4_000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      class={copied ? "btn line small done" : "btn line small"}
      aria-live="polite"
      onClick={async () => setCopied(await copy(url))}
    >
      {copied ? <Check size="small" /> : <Copy size="small" />}
      {copied ? "Copied" : "Copy"}
    </button>
  );
}

function used(link: Link): string {
  if (link.used_ms === null) return `Made ${ago(link.created_ms)} · not used yet`;
  return `${count(link.uses, "visit")} · last used ${ago(link.used_ms)}`;
}
