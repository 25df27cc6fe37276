/** The one table that a run prints. */

/** One figure, beside what it is measured against. */
export interface Row {
  readonly what: string
  readonly figure: string
  /** What it is held against, measured in the same run. */
  readonly against?: string
  /** The goal, in words; absent: the figure informs. */
  readonly goal?: string
  /** Whether the goal is met; absent: no goal. */
  readonly met?: boolean
}

/** Markdown, columns padded so that it can be read as text too. */
export function markdown(rows: readonly Row[]): string {
  const head = ['what', 'measured', 'beside', 'goal', '']
  const cells = rows.map((row) => [
    row.what,
    row.figure,
    row.against ?? '',
    row.goal ?? '',
    row.met === undefined ? '' : row.met ? 'met' : 'missed',
  ])
  const widths = head.map((text, column) =>
    Math.max(3, text.length, ...cells.map((line) => (line[column] ?? '').length)),
  )
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = widths.map((width) => '-'.repeat(width))
  return [line(head), line(rule), ...cells.map(line)].join('\n')
}

/** 1,234 or 12.3 or 1.23: three figures are all that a shared machine can promise. */
export function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

/** Milliseconds as seconds, or as they are below one. */
export function duration(ms: number): string {
  return ms >= 1000 ? `${number(ms / 1000)} s` : `${number(ms)} ms`
}
