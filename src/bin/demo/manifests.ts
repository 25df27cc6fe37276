/** The manifests that the demo commits, as a person would write them. */

export const namespace = 'shop'

/** What the demo's platform team has applied by hand: where Git is, and what of it to sync. */
export function syncObjects(gitUrl: string, branch: string, path: string): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
---
apiVersion: v1
kind: Namespace
metadata:
  name: lockstep-system
---
# Where kubeseal and \`lockstep seal\` look for the certificate.
apiVersion: v1
kind: Service
metadata:
  name: sealed-secrets-controller
  namespace: kube-system
spec:
  ports:
    - name: http
      port: 8080
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: shop
  namespace: lockstep-system
spec:
  interval: 1s
  url: ${gitUrl}
  ref:
    branch: ${branch}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: shop
  namespace: lockstep-system
spec:
  interval: 10m
  path: ${path}
  prune: true
  sourceRef:
    kind: GitRepository
    name: shop
`
}

/** A store that logs in to Vault with the token of the namespace's own ServiceAccount. */
export function secretStore(vaultUrl: string): string {
  return `apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop
  namespace: ${namespace}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: ${namespace}
spec:
  provider:
    vault:
      server: ${vaultUrl}
      path: secret
      version: v2
      auth:
        kubernetes:
          mountPath: kubernetes
          role: shop
          serviceAccountRef:
            name: shop
`
}

export const externalSecret: string = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
  namespace: ${namespace}
spec:
  refreshInterval: 2s
  secretStoreRef:
    name: vault
  target:
    template:
      data:
        DATABASE_URL: "postgres://{{ .username }}:{{ .password }}@db.shop.svc:5432/shop"
  data:
    - secretKey: username
      remoteRef:
        key: shop/database
        property: username
    - secretKey: password
      remoteRef:
        key: shop/database
        property: password
`

/** A Deployment that takes its settings from both Secrets. */
export const deployment: string = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: ${namespace}
spec:
  replicas: 1
  selector:
    matchLabels:
      app: shop
  template:
    metadata:
      labels:
        app: shop
    spec:
      serviceAccountName: shop
      containers:
        - name: shop
          image: example.com/shop:1.0.0
          envFrom:
            - secretRef:
                name: database
            - secretRef:
                name: payment
`

/** The Secret as its author has it before it is sealed; never committed. */
export function plainSecret(apiKey: string): string {
  return `apiVersion: v1
kind: Secret
metadata:
  name: payment
  namespace: ${namespace}
stringData:
  PAYMENT_API_KEY: ${apiKey}
`
}
