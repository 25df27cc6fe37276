/** Columns as kubectl prints them: left-aligned, three spaces apart, the last one unpadded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, width(cell))
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1
            ? cell
            : cell + ' '.repeat((widths[column] ?? 0) - width(cell) + 3),
        )
        .join('')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** Characters on the screen: colour codes take none. */
function width(cell: string): number {
  // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
  return cell.replace(/\u001b\[[0-9;]*m/g, '').length
}

/** A duration as kubectl prints ages: `42s`, `5m`, `3h`, `12d`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 120) return `${seconds}s`
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
