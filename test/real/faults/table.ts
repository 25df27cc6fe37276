import type { Outcome } from './judge.ts'

/** One line a kind of fault, as Markdown. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.map(({ name }) => name))]
  const lines = names.map((name) => {
    const all = outcomes.filter((outcome) => outcome.name === name)
    const sum = (of: (outcome: Outcome) => number): number =>
      all.reduce((total, outcome) => total + of(outcome), 0)
    const seconds = all.map(({ tookMs }) => (tookMs / 1000).toFixed(1))
    const objects = Math.max(...all.map((outcome) => outcome.objects))
    return [
      name,
      all.length,
      objects,
      sum((o) => o.lost),
      sum((o) => o.deleted),
      seconds.join(', '),
    ]
  })
  const head = ['fault', 'times', 'objects', 'lost', 'deleted', 'seconds to converge']
  const rows = [head, head.map(() => '---'), ...lines]
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}
