/** One link: its name, what it allows, when it ends and was last used; copied in one press, revoked in two. */
import { useState } from "preact/hooks";
import type { Link } from "../../session/api";
import { Sliders } from "../action-icons";
import { ShareOut } from "../more-icons";
import { InlineName } from "../inline-name";
import { ago, count, date } from "../time";
import { CopyButton } from "./copy-button";
import { LinkOptions } from "./link-options";
import type { Links } from "./links";
import { RolePick } from "./role-pick";
import { Sure } from "./sure";
import { canShare, share } from "./system";

type Doing = "nothing" | "naming" | "options" | "revoking";

export interface LinkRowProps {
  link: Link;
  /** Of the document. */
  title: string;
  actions: Links;
}

export function LinkRow({ link, title, actions }: LinkRowProps) {
  const [doing, setDoing] = useState<Doing>("nothing");
  const name = link.label || "Link";
  const stop = () => setDoing("nothing");
  const toggle = (what: Doing) => setDoing(doing === what ? "nothing" : what);

  const named = (label: string | null) => {
    stop();
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
      {link.expired ? (
        <span class="linkrow-acts">
          <button
            type="button"
            class="btn small renew"
            aria-expanded={doing === "options"}
            onClick={() => toggle("options")}
          >
            Renew
          </button>
          <button type="button" class="btn small revoke" onClick={() => actions.revoke(link)}>
            Remove
          </button>
        </span>
      ) : (
        <span class="linkrow-acts">
          <CopyButton url={link.url} />
          {canShare() && (
            <button type="button" class="btn line small" onClick={() => void share(title, link.url)}>
              <ShareOut size="small" />
              Share…
            </button>
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
            Revoke
          </button>
        </span>
      )}
      {doing === "options" && <LinkOptions link={link} actions={actions} onDone={stop} />}
      {doing === "revoking" && (
        <Sure
          sentence="People who came by this link lose access at once. A new secret keeps the link with another address."
          keep="Keep it"
          onKeep={stop}
          answers={[
            { label: "New secret", run: () => (stop(), actions.renew(link)) },
            { label: "Revoke", run: () => actions.revoke(link) },
          ]}
        />
      )}
    </li>
  );
}

/** Password, end, use: what is worth knowing, in this order. */
function about(link: Link): string {
  const parts = [link.has_password && "password", ends(link), used(link)];
  const [first = "", ...rest] = parts.filter((part) => part !== false);
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(" · ");
}

function ends({ expires_ms, expired }: Link): string {
  if (expires_ms === null) return "never expires";
  return expired ? `expired ${date(expires_ms)}` : `expires ${date(expires_ms)}`;
}

function used(link: Link): string {
  if (link.used_ms === null) return "not used yet";
  return `${count(link.uses, "visit")}, last ${ago(link.used_ms)}`;
}
