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
  ...[
    "---\n{{{",
    "---\nx: *nowhere\n",
    "--- {{{\n---\n",
    "...\ntext {{ here",
    "...\n\ttext: here\n",
    "---\nx: !y!z\n",
  ].map((rest) =>
    one(`broken text after the first document: ${rest}`, yaml() + rest, PLAIN)
  ),
  one(
    "control characters after the first document",
    `${yaml()}---\n\u0001`,
    PLAIN,
    { gives: "refusal", because: "it checks all characters first" },
  ),
  one("a directive", yaml({ head: "%YAML 1.1\n---" }), PLAIN),
  ...[
    '"a\n\tb: c"',
    '"a\n  \tb: c"',
    "'a\n\t\tb: c'",
    "a b:c\n  \t",
    "a\n  \tb:c",
  ]
    .map((value) => {
      const flat = value.replaceAll(/["']|\s+$/g, "").replaceAll(/\s+/g, " ");
      return one(
        `a tab within ${JSON.stringify(value)}`,
        withContext(`namespace: ${value}`),
        withNamespace(flat),
      );
    }),
  one(
    "tabs within a block scalar",
    withContext("namespace: |-\n  a\n  \tb: c\n  \t- d\n\n  \te: f"),
    withNamespace("a\n\tb: c\n\t- d\n\n\te: f"),
  ),
  one(
    "tabs within the block scalars of a plugin's arguments",
    withUser(
      "token: t\nexec:\n  args:\n  - |\n    a\n    \tb: c\n    \t- d\n" +
        "  - >-\n   a\n   \tb: c\n  command: x\n  interactiveMode: Never\n" +
        "  apiVersion: client.authentication.k8s.io/v1",
    ),
    PLAIN,
  ),
  one(
    "a tab as indentation after a block scalar",
    withUser("as: |-\n  jane\n").replace(/$/, "\ttoken: t\n"),
    "is indented with a tab",
  ),
  one(
    "tabs in a flow mapping",
    withUser("{\n\ttoken: t,\n\tas: ''\n\t}"),
    PLAIN,
  ),
  ...['"<<"', "'<<'", "!!str <<"].map((key) =>
    one(
      `${key} is not a merge key`,
      withUser(`token: t\n${key}: {token: x}`),
      PLAIN,
    )
  ),
  one("!!merge", withUser("!!merge <<: {token: t}"), PLAIN),
  one(
    "a quoted << as a value",
    withContext('namespace: "<<"'),
    withNamespace("<<"),
  ),
  ...[
    ["!!binary dGVzdA==", "test"],
    ['!!binary "dGVz\\\n    dA=="', "test"],
    ["!!binary |\n  dGVz\n  dA==", "test"],
    ["!!timestamp 2001-01-01", "2001-01-01"],
    ["!!timestamp '2001-01-01'", "2001-01-01"],
    ["!custom foo", "foo"],
    ["!custom 12", "12"],
    ["!custom '12'", "12"],
    ["!custom |-\n  12", "12"],
    ["&x !custom 12", "12"],
    ["!custom &x 12", "12"],
    ["!<tag:x.test,2026:y> foo", "foo"],
    ["! 12", "12"],
    ["'!custom'", "!custom"],
    ["a !custom", "a !custom"],
  ].map(([value, namespace]) =>
    one(
      `the tag of ${value}`,
      withContext(`namespace: ${value}`),
      withNamespace(namespace!),
    )
  ),
  ...["!!set", "!!omap", "!custom"].flatMap((tag) => [
    one(`${tag} of a flow mapping`, withUser(`${tag} {token: t}`), PLAIN),
    one(`${tag} of a block mapping`, withUser(`${tag}\ntoken: t`), PLAIN),
  ]),
  one("a tag of a list", withUser("!!omap\n- token: t"), "is not a mapping"),
  one(
    "!!binary that is not base64",
    withContext("namespace: !!binary '%'"),
    "not valid YAML",
  ),
  one(
    "a declared tag handle",
    yaml({
      head: "%TAG !h! tag:h.test,2026:\n---",
      context: "namespace: !h!x 12",
    }),
    withNamespace("12"),
  ),
  one(
    "an undeclared tag handle",
    withContext("namespace: !h!x 12"),
    "not valid YAML",
  ),
  one("!!int of text", withContext("namespace: !!int x"), "not valid YAML"),
  one(
    "a context named null",
    yaml().replaceAll(/(name:|current-context:) here/g, "$1 null"),
    PLAIN,
    { gives: "refusal", because: "only config view does; get uses it" },
  ),
  one(
    "a context named 'null'",
    yaml().replaceAll(/(name:|current-context:) here/g, "$1 'null'"),
    PLAIN,
  ),
];
