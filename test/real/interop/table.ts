/** What real clients did, as a table that a test file prints when it is done. */
interface Row {
  readonly client: string
  readonly server: string
  readonly did: string
}

const rows: Row[] = []

/** Notes something that a real client was seen to do. */
export function saw(client: string, server: string, did: string): void {
  rows.push({ client, server, did })
}

/** Prints the rows so far, one line for each client and server. */
export function printTable(title: string): void {
  const grouped = new Map<string, string[]>()
  for (const { client, server, did } of rows) {
    const key = `${client} on ${server}`
    grouped.set(key, [...(grouped.get(key) ?? []), did])
  }
  console.log(
    [title, ...[...grouped].map(([key, did]) => `  ${key}: ${did.join('; ')}`)].join('\n'),
  )
  rows.length = 0
}
