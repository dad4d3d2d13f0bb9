//! The languages code can be coloured in: one row each. `code.rs` reads the rows.

/// How a language is cut into tokens.
pub(crate) struct Language {
    /// What it is called after the fence, lower case.
    pub(crate) names: &'static [&'static str],
    pub(crate) shape: Shape,
    /// What starts a comment that ends with the line.
    pub(crate) line: &'static [&'static str],
    /// What encloses a comment.
    pub(crate) block: Option<(&'static str, &'static str)>,
    /// What encloses strings, longest first.
    pub(crate) strings: &'static [Quote],
    /// Keywords, separated by spaces.
    pub(crate) keywords: &'static str,
    /// What may stand in a word beside letters, digits and `_`.
    pub(crate) word: &'static str,
    /// What begins a word of meta-information up to its end: `@decorator`, `#include`, `$variable`.
    pub(crate) meta: &'static str,
}

/// What kind of thing the lexer looks for beside comments, strings and numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Words, some of them keywords.
    Words,
    /// Words, keywords in any case.
    AnyCase,
    /// Lines that begin with a key: the word before `:` or `=`.
    Keys,
    /// Tags and attributes.
    Markup,
    /// Lines that begin with `+`, `-` or `@@`.
    Diff,
}

/// One kind of string.
pub(crate) struct Quote {
    pub(crate) open: &'static str,
    pub(crate) close: &'static str,
    /// The character that takes the meaning from the next one.
    pub(crate) escape: Option<u8>,
    /// Whether it may go on in the next line.
    pub(crate) lines: Lines,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    One,
    Many,
}

/// The row for a name.
pub(crate) fn language(name: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

const fn quote(mark: &'static str, lines: Lines) -> Quote {
    Quote { open: mark, close: mark, escape: Some(b'\\'), lines }
}

const fn literal(open: &'static str, close: &'static str, lines: Lines) -> Quote {
    Quote { open, close, escape: None, lines }
}

const DOUBLE: Quote = quote("\"", Lines::One);
const SINGLE: Quote = quote("'", Lines::One);
const TICKS: Quote = quote("`", Lines::Many);
const BOTH: &[Quote] = &[DOUBLE, SINGLE];
const SCRIPT: &[Quote] = &[DOUBLE, SINGLE, TICKS];
const SHELL: &[Quote] = &[quote("\"", Lines::Many), literal("'", "'", Lines::Many)];
const TRIPLE: &[Quote] = &[quote("\"\"\"", Lines::Many), quote("'''", Lines::Many), DOUBLE, SINGLE];
const SLASHES: &[&str] = &["//"];
const HASH: &[&str] = &["#"];
const STARS: Option<(&str, &str)> = Some(("/*", "*/"));

const PLAIN: Language = Language {
    names: &[],
    shape: Shape::Words,
    line: &[],
    block: None,
    strings: BOTH,
    keywords: "",
    word: "",
    meta: "",
};
const C_LIKE: Language = Language { line: SLASHES, block: STARS, ..PLAIN };
const HASHED: Language = Language { line: HASH, ..PLAIN };

static LANGUAGES: &[Language] = &[
    Language {
        names: &["rust", "rs"],
        strings: &[literal("r#\"", "\"#", Lines::Many), quote("\"", Lines::Many)],
        keywords: "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while yield None Some Ok Err",
        ..C_LIKE
    },
    Language {
        names: &["javascript", "js", "jsx", "mjs", "cjs"],
        strings: SCRIPT,
        keywords: "async await break case catch class const continue debugger default delete do else export extends false finally for from function get if import in instanceof let new null of return set static super switch this throw true try typeof undefined var void while with yield",
        word: "$",
        meta: "@",
        ..C_LIKE
    },
    Language {
        names: &["typescript", "ts", "tsx"],
        strings: SCRIPT,
        keywords: "abstract any as asserts async await boolean break case catch class const constructor continue declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let namespace never new null number of override private protected public readonly return satisfies set static string super switch symbol this throw true try type typeof undefined unknown var void while yield",
        word: "$",
        meta: "@",
        ..C_LIKE
    },
    Language {
        names: &["python", "py", "python3"],
        strings: TRIPLE,
        keywords: "and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield",
        meta: "@",
        ..HASHED
    },
    Language {
        names: &["go", "golang"],
        strings: &[DOUBLE, SINGLE, literal("`", "`", Lines::Many)],
        keywords: "any bool break byte case chan const continue default defer else error fallthrough false for func go goto if import int interface iota make map new nil package range return rune select string struct switch true type var",
        ..C_LIKE
    },
    Language {
        names: &["c", "h"],
        keywords: "auto bool break case char const continue default do double else enum extern false float for goto if inline int long NULL register restrict return short signed sizeof static struct switch true typedef union unsigned void volatile while",
        meta: "#",
        ..C_LIKE
    },
    Language {
        names: &["cpp", "c++", "cc", "cxx", "hpp"],
        strings: &[literal("R\"(", ")\"", Lines::Many), DOUBLE, SINGLE],
        keywords: "alignas auto bool break case catch char class co_await co_return co_yield concept const consteval constexpr continue decltype default delete do double else enum explicit export extern false final float for friend goto if inline int long mutable namespace new noexcept nullptr operator override private protected public requires return short signed sizeof static struct switch template this throw true try typedef typename union unsigned using virtual void volatile while",
        meta: "#",
        ..C_LIKE
    },
    Language {
        names: &["csharp", "cs", "c#"],
        strings: &[literal("@\"", "\"", Lines::Many), DOUBLE, SINGLE],
        keywords: "abstract as async await base bool break byte case catch char class const continue decimal default delegate do double else enum event explicit extern false finally float for foreach get if implicit in init int interface internal is lock long namespace new null object out override params private protected public readonly record ref required return sealed set short static string struct switch this throw true try typeof uint ulong using var virtual void when where while yield",
        meta: "#",
        ..C_LIKE
    },
    Language {
        names: &["java"],
        strings: &[quote("\"\"\"", Lines::Many), DOUBLE, SINGLE],
        keywords: "abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally float for if implements import instanceof int interface long native new null package permits private protected public record return sealed short static super switch synchronized this throw throws transient true false try var void volatile while yield",
        meta: "@",
        ..C_LIKE
    },
    Language {
        names: &["kotlin", "kt", "kts"],
        strings: &[quote("\"\"\"", Lines::Many), DOUBLE, SINGLE],
        keywords: "abstract as break by catch class companion const constructor continue data do else enum false finally for fun if import in init inline interface internal is lateinit null object open operator out override package private protected public return sealed super suspend this throw true try typealias val var vararg when where while",
        meta: "@",
        ..C_LIKE
    },
    Language {
        names: &["swift"],
        strings: &[quote("\"\"\"", Lines::Many), DOUBLE],
        keywords: "actor any as associatedtype async await break case catch class continue default defer deinit do else enum extension fallthrough false fileprivate final for func guard if import in init inout internal is lazy let mutating nil open operator override private protocol public repeat rethrows return self Self some static struct subscript super switch throw throws true try typealias var weak where while",
        meta: "@#",
        ..C_LIKE
    },
    Language {
        names: &["ruby", "rb"],
        keywords: "alias and begin break case class def defined? do else elsif end ensure false for if in module next nil not or private protected public raise redo require rescue retry return self super then true undef unless until when while yield",
        word: "?!",
        meta: "@:$",
        ..HASHED
    },
    Language {
        names: &["php"],
        line: &["//", "#"],
        keywords: "abstract and array as break callable case catch class clone const continue declare default do echo else elseif enum extends false final finally fn for foreach function global if implements include instanceof interface match namespace new null or print private protected public readonly require return static switch throw trait true try use var void while yield",
        meta: "$",
        ..C_LIKE
    },
    Language {
        names: &["bash", "sh", "shell", "zsh", "fish", "console"],
        strings: SHELL,
        keywords: "alias case cd declare do done echo elif else esac eval exec exit export fi for function if in local read readonly return set shift source then trap unset until while",
        word: "-",
        meta: "$",
        ..HASHED
    },
    Language {
        names: &["sql", "postgres", "postgresql", "mysql", "sqlite"],
        shape: Shape::AnyCase,
        line: &["--"],
        block: STARS,
        strings: &[literal("'", "'", Lines::Many), DOUBLE],
        keywords: "add all alter and any as asc begin between bigint boolean by case cascade check column commit constraint create cross database date default delete desc distinct drop else end except exists false foreign from full function grant group having if in index inner insert int integer into is join key left like limit not null numeric offset on or order outer primary references returning revoke right rollback select serial set table text then timestamp to transaction trigger true union unique update using values varchar view when where with",
        ..PLAIN
    },
    Language {
        names: &["lua"],
        line: &["--"],
        block: Some(("--[[", "]]")),
        strings: &[literal("[[", "]]", Lines::Many), DOUBLE, SINGLE],
        keywords: "and break do else elseif end false for function goto if in local nil not or repeat return then true until while",
        ..PLAIN
    },
    Language { names: &["json", "jsonc", "json5"], strings: &[DOUBLE], keywords: "false null true", ..C_LIKE },
    Language {
        names: &["yaml", "yml"],
        shape: Shape::Keys,
        keywords: "false null true yes no on off",
        word: "-",
        ..HASHED
    },
    Language { names: &["toml"], shape: Shape::Keys, strings: TRIPLE, keywords: "false true", word: "-.", ..HASHED },
    Language {
        names: &["ini", "conf", "cfg", "properties", "env", "dotenv"],
        shape: Shape::Keys,
        line: &["#", ";"],
        keywords: "",
        word: "-.",
        ..PLAIN
    },
    Language {
        names: &["html", "xml", "svg", "vue", "svelte", "xhtml"],
        shape: Shape::Markup,
        block: Some(("<!--", "-->")),
        ..PLAIN
    },
    Language { names: &["css", "scss", "less"], shape: Shape::Keys, word: "-", meta: "@", ..C_LIKE },
    Language { names: &["diff", "patch"], shape: Shape::Diff, ..PLAIN },
    Language {
        names: &["dockerfile", "docker", "containerfile"],
        keywords: "ADD ARG AS CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR",
        meta: "$",
        ..HASHED
    },
    Language {
        names: &["makefile", "make", "mk"],
        shape: Shape::Keys,
        keywords: "define else endef endif export ifdef ifeq ifndef ifneq include override",
        word: "-.",
        meta: "$",
        ..HASHED
    },
];
