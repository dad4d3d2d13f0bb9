/** One link: its name, what it allows, when it ends and was last used; copied in one press, revoked in two. */
import { useEffect, useState } from "preact/hooks";
import type { Link } from "../../session/api";
import { copy } from "../copy";
import { Check, Copy, Sliders } from "../icons";
import { InlineName } from "../inline-name";
import { ago, count, date } from "../time";
import { LinkOptions } from "./link-options";
import type { Links } from "./links";
import { RolePick } from "./role-pick";

type Doing = "nothing" | "naming" | "options" | "revoking";

export function LinkRow({ link, actions }: { link: Link; actions: Links }) {
  const [doing, setDoing] = useState<Doing>("nothing");
  const name = link.label || "Link";
  const toggle = (what: Doing) => setDoing(doing === what ? "nothing" : what);

  const named = (label: string | null) => {
    setDoing("nothing");
    if (label !== null && label !== link.label) void actions.change(link, { label });
  };

  return (
    <li class={link.expired ? "linkrow off" : "linkrow"}>
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
        <RolePick
          label={`What ${name} allows`}
          value={link.role}
          onPick={(role) => void actions.change(link, { role })}
        />
      </span>
      <small>{about(link)}</small>
      <span class="linkrow-acts">
        {link.expired ? (
          <button
            type="button"
            class="btn line small"
            onClick={() => void actions.change(link, { expires_ms: null })}
          >
            Renew
          </button>
        ) : (
          <CopyButton url={link.url} />
        )}
        <button
          type="button"
          class="icon options"
          aria-label={`End and password of ${name}`}
          title="End and password"
          aria-expanded={doing === "options"}
          onClick={() => toggle("options")}
        >
          <Sliders size="small" />
        </button>
        <button type="button" class="btn small revoke" onClick={() => toggle("revoking")}>
          {link.expired ? "Remove" : "Revoke"}
        </button>
      </span>
      {doing === "options" && <LinkOptions link={link} actions={actions} onDone={() => setDoing("nothing")} />}
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

/** Password, end, use: what is worth knowing, in this order. */
function about(link: Link): string {
  const conditions = [link.has_password && "Password", ends(link)].filter(Boolean);
  return [...(conditions.length > 0 ? conditions : [`Made ${ago(link.created_ms)}`]), used(link)].join(" · ");
}

function ends({ expires_ms, expired }: Link): string | false {
  if (expires_ms === null) return false;
  return expired ? `Expired ${date(expires_ms)}` : `Expires ${date(expires_ms)}`;
}

function used(link: Link): string {
  if (link.used_ms === null) return "not used yet";
  return `${count(link.uses, "visit")}, last ${ago(link.used_ms)}`;
}
