/** What another process has used, as the system counts it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** CPU time of a process, all its threads, in milliseconds; steps of 10 ms. */
export function cpuMsOf(pid: number): number {
  if (existsSync(`/proc/${pid}/stat`)) {
    // The name in brackets may hold anything: fields are counted from its closing bracket.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  }
  const text = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  return text.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0) * 1000
}

/** Resident memory of a process in MiB. */
export function rssMibOf(pid: number): number {
  const text = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  return Number(text.trim()) / 1024
}
