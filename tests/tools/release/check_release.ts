/** What a release is checked against: the texts of its files. */
export interface ReleaseFiles {
  /** deno.json and jsr.json by their names. */
  readonly manifests: Readonly<Record<string, string>>;
  readonly changelog: string;
}

/**
 * Why a tag cannot be published: each manifest must have its version, and the
 * changelog a dated section of it, with something in it.
 *
 * @returns One sentence for each obstacle; none if it can.
 */
export function obstacles(
  tag: string,
  { manifests, changelog }: ReleaseFiles,
): string[] {
  const [, version] = /^v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/.exec(tag) ?? [];
  if (version === undefined) {
    return [`The tag "${tag}" is not "v" and a version, such as v1.2.3`];
  }
  const found: string[] = [];
  for (const [name, text] of Object.entries(manifests)) {
    const manifest: { version?: unknown } = JSON.parse(text);
    if (manifest.version === version) continue;
    found.push(`${name} has the version ${manifest.version}, not ${version}`);
  }
  const sections = changelog.split(/^## /m).slice(1);
  const own = sections.find((text) => headOf(text) === version);
  if (own === undefined) {
    found.push(`CHANGELOG.md has no section "## ${version} - YYYY-MM-DD"`);
  } else if (!/^- /m.test(own)) {
    found.push(`The section ${version} of CHANGELOG.md is empty`);
  }
  const pending = sections.find((text) => text.startsWith("Unreleased"));
  if (pending !== undefined && /^- /m.test(pending)) {
    found.push(`CHANGELOG.md has unreleased changes beside ${version}`);
  }
  return found;
}

/** The version that heads a section, if the day stands beside it. */
function headOf(section: string): string | undefined {
  return /^(\S+) - \d{4}-\d{2}-\d{2}$/m.exec(section.split("\n", 1)[0]!)?.[1];
}
