import { type Case, PLAIN, type View, yaml } from "./case.ts";

/** One file, in `KUBECONFIG`. */
function one(
  name: string,
  file: string | Uint8Array,
  ours: View | string,
  kubectl?: Case["kubectl"],
): Case {
  return { name, files: { file }, list: ["file"], ours, kubectl };
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let index = 0; index < text.length; index++) {
    view.setUint16(2 * index, text.charCodeAt(index), littleEndian);
  }
  return new Uint8Array(view.buffer);
}

const JSON_TEXT = `{
\t"current-context": "nowhere",
\t"current-context": "here",
\t"contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
\t"clusters": [{"name": "c", "cluster": {"server": "https://c.test"}}],
\t"users": [{"name": "u", "user": {"token": "t"}}]
}`;

const withNamespace = (namespace: string): View => ({ ...PLAIN, namespace });
const withUser = (user: string) => yaml({ user });
const withContext = (context: string) => yaml({ context });

/** How the text of a kubeconfig is read. */
export const TEXT_CASES: readonly Case[] = [
  one("YAML", yaml(), PLAIN),
  one("JSON, with tabs and a name said twice", JSON_TEXT, PLAIN),
  one("JSON with a comma too many", JSON_TEXT.replace("]\n}", "],\n}"), PLAIN),
  one("a byte order mark", `\ufeff${yaml()}`, PLAIN),
  one("JSON behind a byte order mark", `\ufeff${JSON_TEXT}`, PLAIN),
  one("UTF-16, little end first", utf16(`\ufeff${yaml()}`, true), PLAIN),
  one("UTF-16, big end first", utf16(`\ufeff${yaml()}`, false), PLAIN),
  one(
    "Latin-1",
    Uint8Array.from(yaml({ head: "# caf\xe9" }), (it) => it.charCodeAt(0)),
    "it is not text in UTF-8",
  ),
  one("lines that end as on Windows", yaml().replaceAll("\n", "\r\n"), PLAIN),
  one("a leading ---", `---\n${yaml()}...\n`, PLAIN),
  one("the first of several documents", `${yaml()}---\ntoken: x\n`, PLAIN),
  one("an empty first document", `---\n---\n${yaml()}`, "Cannot find"),
  one(
    "a tab as indentation",
    yaml().replace("    token", "\ttoken"),
    "line 17 is indented with a tab",
  ),
  one(
    "a tab after spaces as indentation",
    yaml().replace("    token", "  \ttoken"),
    "line 17 is indented with a tab",
  ),
  one("a tab after a colon", withUser("token:\tt"), PLAIN),
  one("no mapping", "- a\n", "it is not a mapping", {
    gives: "refusal",
    because: "it takes a list for an empty file, which has no context either",
  }),
  one("a text and nothing else", "hello\n", "it is not a mapping"),
  one(
    "an anchor and its alias",
    yaml({ head: "x: &x {token: t}", user: "" }).replace("user:\n", "user: *x"),
    PLAIN,
  ),
  one(
    "a merge key",
    yaml({ head: "x: &x {token: t, as: jane}", user: "<<: *x\nas: joe" }),
    {
      server: "https://c.test/",
      headers: { authorization: "Bearer t", "impersonate-user": "joe" },
    },
  ),
  one("a merge key after others", withUser("token: x\n<<: {token: t}"), PLAIN),
  one(
    "a merge key with a list",
    withUser("<<: [{token: t}, {token: x, username: y}]\nusername: ''"),
    PLAIN,
  ),
  one("a merge key with neither", withUser("<<: 7"), "not valid YAML"),
  one(
    "an alias of what it stands in",
    yaml({ head: "x: &x {y: *x}" }),
    "not valid YAML",
  ),
  one("a name said twice", withUser("token: x\ntoken: t"), PLAIN),
  one("a folded text", withUser("token: >-\n  t"), PLAIN),
  one("an explicit !!str", withUser("token: !!str t"), PLAIN),
  one("null for a string", withContext("namespace: ~"), PLAIN),
  one(
    "a date",
    withContext("namespace: 2001-01-01"),
    withNamespace("2001-01-01"),
  ),
  one("a time", withContext("namespace: 12:30:45"), withNamespace("12:30:45")),
  one("a version", withContext("namespace: 1.2.3"), withNamespace("1.2.3")),
  one(
    "a number in quotes",
    withContext("namespace: '123'"),
    withNamespace("123"),
  ),
  ...["123", "0x1f", "1_000", "1e3", ".inf", "-1.5", "true", "FALSE"]
    .map((value) =>
      one(
        `${value} for a string`,
        withContext(`namespace: ${value}`),
        "must be a string, in quotes",
      )
    ),
  ...["on", "No", "y", "0o17"].map((value) =>
    one(
      `${value} for a string`,
      withContext(`namespace: ${value}`),
      withNamespace(value),
      {
        gives: "refusal",
        because: "it is a boolean or a number to its YAML, and a word to ours",
      },
    )
  ),
  ...["true", "True", "yes", "Y", "on", "ON"].map((value) =>
    one(
      `${value} for a boolean`,
      yaml({ cluster: `insecure-skip-tls-verify: ${value}` }),
      { ...PLAIN, tls: { insecureSkipTlsVerify: true } },
    )
  ),
  ...["false", "no", "Off", "n", "null", "~"].map((value) =>
    one(
      `${value} for a boolean`,
      yaml({ cluster: `insecure-skip-tls-verify: ${value}` }),
      PLAIN,
    )
  ),
  ...["1", "'true'", "maybe", "[]"].map((value) =>
    one(
      `${value} for a boolean`,
      yaml({ cluster: `insecure-skip-tls-verify: ${value}` }),
      "it must be true or false",
    )
  ),
];
