import { scalarText, isFielded } from '../object.ts'

/** YAML as sigs.k8s.io/yaml writes it: keys in order, lists not indented, quotes where needed. */
export function yamlText(value: unknown): string {
  const lines: string[] = []
  writeValue(lines, value, 0, '')
  return `${lines.join('\n')}\n`
}

const pad = (depth: number): string => '  '.repeat(depth)

function writeValue(lines: string[], value: unknown, depth: number, head: string): void {
  if (Array.isArray(value) && value.length > 0) {
    if (head !== '') lines.push(head)
    for (const item of value as unknown[]) writeItem(lines, item, depth)
  } else if (isFielded(value) && Object.keys(value).length > 0) {
    if (head !== '') lines.push(head)
    writeMap(lines, value, depth, '')
  } else if (typeof value === 'string' && value.includes('\n')) {
    writeBlock(lines, value, depth, head)
  } else lines.push(head === '' ? pad(depth) + scalar(value) : `${head} ${scalar(value)}`)
}

function writeMap(
  lines: string[],
  map: Record<string, unknown>,
  depth: number,
  first: string,
): void {
  let lead = first
  for (const key of Object.keys(map).sort()) {
    const inner = map[key]
    if (inner === undefined) continue
    const head = `${lead === '' ? pad(depth) : lead}${scalar(key)}:`
    lead = ''
    const isList = Array.isArray(inner)
    writeValue(lines, inner, isList ? depth : depth + 1, head)
  }
}

function writeItem(lines: string[], item: unknown, depth: number): void {
  const dash = `${pad(depth)}- `
  if (isFielded(item) && Object.keys(item).length > 0) writeMap(lines, item, depth + 1, dash)
  else if (Array.isArray(item) && item.length > 0) {
    const inner: string[] = []
    for (const one of item as unknown[]) writeItem(inner, one, depth + 1)
    inner[0] = dash + (inner[0] ?? '').trimStart()
    lines.push(...inner)
  } else if (typeof item === 'string' && item.includes('\n')) {
    writeBlock(lines, item, depth + 1, `${pad(depth)}-`)
  } else lines.push(dash + scalar(item))
}

function writeBlock(lines: string[], text: string, depth: number, head: string): void {
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-'
  const indent = /^[ \n]/.test(text) ? '2' : ''
  lines.push(`${head} |${indent}${chomp}`)
  const body = text.endsWith('\n') ? text.slice(0, -1) : text
  for (const line of body.split('\n')) lines.push(line === '' ? '' : pad(Math.max(depth, 1)) + line)
}

const needsQuotes =
  /^$|^[\s\-?:,[\]{}#&*!|>'"%@`]|: |:$| #|^[~]$|\s$|^(?:null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|=|<<)$|^[-+]?(?:\d[\d_]*)?\.?\d+(?:[eE][-+]?\d+)?$|^[-+]?\d[\d_]*\.?$|^0[xob][\da-fA-F_]+$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$|^\d{4}-\d\d?-\d\d?|^\d+:\d/

function scalar(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return '[]'
  if (typeof value === 'object') return '{}'
  if (typeof value !== 'string') return scalarText(value)
  if (/^[-?:][^\s]/.test(value) && !needsQuotes.test(`x${value}`) && !/^-?[\d.]/.test(value))
    return value
  return needsQuotes.test(value) || /[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(value)
    ? JSON.stringify(value)
    : value
}
