/** Reads every YAML file of crds/, deploy/ and docs/, and every ```yaml block of the pages. */
import { globSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

/** One line for each problem: `docs/first-secret.md:12: …`; none when all can be read. */
export function unreadableYaml(root: string): string[] {
  const files = globSync('{crds,deploy,docs}/**/*.{yaml,yml}', { cwd: root }).filter(isOurs)
  const pages = globSync(['*.md', '{crds,deploy,docs,providers,src}/**/*.md'], { cwd: root })
  const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')
  return [
    ...files.sort().flatMap((path) => problems(path, read(path), 0)),
    ...pages
      .sort()
      .flatMap((path) =>
        yamlBlocks(read(path)).flatMap(({ text, line }) => problems(path, text, line)),
      ),
  ]
}

// A chart's templates are text until helm has rendered them.
function isOurs(path: string): boolean {
  return !path.replaceAll('\\', '/').includes('/templates/')
}

function problems(path: string, text: string, firstLine: number): string[] {
  const documents = parseAllDocuments(text, { uniqueKeys: true })
  if (!Array.isArray(documents)) return []
  return documents.flatMap(({ errors }) =>
    errors.map(({ message, linePos }) => {
      const line = firstLine + (linePos?.[0].line ?? 1)
      return `${path}:${line}: ${message.split('\n')[0] ?? ''}`
    }),
  )
}

/** The ```yaml blocks of a Markdown page, each with the line before its first. */
export function yamlBlocks(page: string): { text: string; line: number }[] {
  const blocks: { text: string; line: number }[] = []
  let open: { fence: string; lines: string[]; line: number } | undefined
  for (const [index, line] of page.split('\n').entries()) {
    if (open === undefined) {
      const fence = /^\s*(`{3,}|~{3,})ya?ml\b/.exec(line)?.[1]
      if (fence !== undefined) open = { fence, lines: [], line: index + 1 }
    } else if (line.trim() === open.fence) {
      blocks.push({ text: open.lines.join('\n'), line: open.line })
      open = undefined
    } else open.lines.push(line)
  }
  return blocks
}
