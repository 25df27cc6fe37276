/** Ten templates as people write them, each with the values it needs. */
import { readFileSync } from 'node:fs'

/** One template and a Secret's data. */
export interface TemplateCase {
  readonly name: string
  readonly template: string
  readonly data: ReadonlyMap<string, Uint8Array>
}

interface Recorded {
  readonly id: string
  readonly data?: Readonly<Record<string, string>>
  readonly dataB64?: Readonly<Record<string, string>>
}

/** Certificates and keys that were made for the recorded templates and protect nothing. */
function recorded(id: string): ReadonlyMap<string, Uint8Array> {
  const file = new URL('../../test/conformance/template/real.jsonl', import.meta.url)
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const found = lines.map((line) => JSON.parse(line) as Recorded).find((line) => line.id === id)
  if (found === undefined) throw new Error(`there is no recorded template ${id}`)
  return new Map([
    ...Object.entries(found.data ?? {}).map(([key, text]) => [key, Buffer.from(text)] as const),
    ...Object.entries(found.dataB64 ?? {}).map(
      ([key, text]) => [key, Buffer.from(text, 'base64')] as const,
    ),
  ])
}

const database = {
  username: 'orders-app',
  password: 'p@ss:w0rd/"x" & more',
  host: 'orders.db.internal',
  port: '5432',
  database: 'orders',
  replicas: '10.0.0.1,10.0.0.2,10.0.0.3',
  pool: '{"pool":{"max":20,"idle":"30s"},"ssl":true,"tags":["a","b"]}',
}
const registry = {
  registry: 'registry.example.com:5000',
  user: 'robot$ci',
  token: 'glpat-0123456789abcdef',
  email: 'ci@example.com',
  users: 'ann:correct horse\nbob:battery staple\ncarol:swordfish',
}

const text = (values: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)] as const))

/** All ten. Each gives the same bytes every time. */
export function templateCases(): readonly TemplateCase[] {
  const tls = recorded('real-tls-0002')
  return [
    {
      name: 'connection string',
      template:
        'postgres://{{ .username }}:{{ .password | urlquery }}@{{ .host }}:{{ .port }}/{{ .database }}?sslmode=verify-full',
      data: text(database),
    },
    {
      name: '.dockerconfigjson',
      template:
        '{{ dict "auths" (dict .registry (dict "username" .user "password" .token "email" .email "auth" (printf "%s:%s" .user .token | b64enc))) | toJson }}',
      data: text(registry),
    },
    {
      name: 'application.yaml',
      template: `spring:
  datasource:
    url: jdbc:postgresql://{{ .host }}:{{ .port }}/{{ .database }}
    username: {{ .username | quote }}
    password: {{ .password | quote }}
{{- $pool := fromJson .pool }}
    hikari:
      maximum-pool-size: {{ $pool.pool.max }}
{{- if $pool.ssl }}
      data-source-properties: { ssl: true }
{{- end }}
replicas:
{{- range $i, $host := splitList "," .replicas }}
  - name: replica-{{ add1 $i }}
    url: jdbc:postgresql://{{ $host }}:{{ $.port }}/{{ $.database | default "postgres" }}
{{- end }}
logging:
  level: {{ "info" | upper }}
{{ dict "management" (dict "port" (int .port)) | toYaml }}
`,
      data: text(database),
    },
    {
      name: 'PKCS#12 bundle',
      template: '{{ .p12 | pkcs12key }}{{ .p12 | pkcs12cert }}',
      data: recorded('real-tls-0006'),
    },
    {
      name: 'TLS chain',
      template:
        '{{ .bundle | filterPEM "CERTIFICATE" | filterCertChain "leaf" }}{{ .bundle | filterPEM "PRIVATE KEY" }}',
      data: tls,
    },
    {
      name: 'JSON merge',
      template:
        '{{ mergeOverwrite (fromJson .pool) (fromYaml "pool: {max: 5, min: 1}\\nssl: false\\nregion: eu") | toPrettyJson }}',
      data: text(database),
    },
    {
      name: '.env',
      template:
        '{{ range $key, $value := . }}DB_{{ $key | upper | replace "-" "_" }}={{ $value | squote }}\n{{ end }}',
      data: text(database),
    },
    {
      name: 'htpasswd',
      template:
        '{{ range $line := splitList "\\n" .users }}{{ $pair := splitn ":" 2 $line }}{{ htpasswd $pair._0 $pair._1 "sha" }}\n{{ end }}',
      data: text(registry),
    },
    {
      name: 'kubeconfig',
      template: `apiVersion: v1
kind: Config
current-context: {{ .name }}
clusters:
- name: {{ .name }}
  cluster:
    server: https://{{ .host }}:6443
    certificate-authority-data: {{ .ca | b64enc }}
users:
- name: {{ .name }}-admin
  user:
    client-certificate-data: {{ .crt | b64enc }}
    client-key-data: {{ .key | b64enc }}
contexts:
- name: {{ .name }}
  context: { cluster: {{ .name | quote }}, user: {{ printf "%s-admin" .name | quote }} }
`,
      data: new Map([
        ...text({ name: 'prod-eu', host: '10.0.0.1' }),
        ...['ca', 'crt', 'key'].map((key) => [key, tls.get('bundle') ?? new Uint8Array()] as const),
      ]),
    },
    {
      name: 'pgpass',
      template:
        '{{- range $host := prepend (splitList "," .replicas) .host }}\n{{- $host }}:{{ $.port }}:{{ $.database }}:{{ $.username }}:{{ $.password | replace "\\\\" "\\\\\\\\" | replace ":" "\\\\:" }}\n{{ end }}',
      data: text(database),
    },
  ]
}
