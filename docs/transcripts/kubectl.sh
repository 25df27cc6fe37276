#!/usr/bin/env bash
# Makes kubectl.md: what a real kubectl sees of a running `npm run demo`.
#   KUBECONFIG=… KUBECTL=kubectl GIT_URL=http://… bash docs/transcripts/kubectl.sh > docs/transcripts/kubectl.md
set -u
kubectl=${KUBECTL:-kubectl}
show() { printf '$ kubectl %s\n' "$*"; "$kubectl" "$@" 2>&1; echo; }
section() { printf '```\n\n## %s\n\n```console\n' "$1"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

cat <<'TXT'
# A real kubectl on the demo

Made by `docs/transcripts/kubectl.sh` against `npm run demo`, with kubectl 1.36.1 as it is released. Ports, ages and ids differ from run to run.

```console
TXT
show version

section 'Get'
show get secretstores,externalsecrets,sealedsecrets,secrets -n shop
show get gitrepositories,kustomizations -A
show get externalsecret database -n shop -o jsonpath='{.status.conditions[0].message}{"\n"}'
show get secret database -n shop -o yaml

section 'Wait, on each kind'
cat > cluster-store.yaml <<'YAML'
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: everywhere
spec:
  provider:
    fake:
      data:
        - key: greeting
          value: hello
YAML
show apply -f cluster-store.yaml
show wait --for=condition=Ready clustersecretstore/everywhere --timeout=10s
show wait --for=condition=Ready secretstore/vault externalsecret/database -n shop --timeout=10s
show wait --for=condition=Synced sealedsecret/payment -n shop --timeout=10s
show wait --for=condition=Ready gitrepository/shop kustomization/shop -n lockstep-system --timeout=10s

section 'Apply, change, describe, delete'
cat > greeting.yaml <<'YAML'
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: greeting
  namespace: shop
spec:
  secretStoreRef:
    name: everywhere
    kind: ClusterSecretStore
  data:
    - secretKey: greeting
      remoteRef:
        key: greeting
YAML
show apply -f greeting.yaml
show wait --for=condition=Ready externalsecret/greeting -n shop --timeout=10s
show get secret greeting -n shop -o jsonpath='{.data.greeting}{"\n"}'
sed -i 's/key: greeting$/key: farewell/' greeting.yaml
show diff -f greeting.yaml
show apply --server-side --force-conflicts -f greeting.yaml
show wait --for=condition=Ready=false externalsecret/greeting -n shop --timeout=10s
show describe externalsecret greeting -n shop
show delete externalsecret greeting -n shop
show wait --for=delete secret/greeting -n shop --timeout=10s
show delete clustersecretstore everywhere

section 'Git'
printf '$ git clone … && git push\n'
git clone -q "$GIT_URL" repository && cd repository || exit 1
cat > deploy/settings.yaml <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
data:
  colour: blue
YAML
git add . && git -c user.name=somebody -c user.email=somebody@example.com commit -qm 'shop: settings' && git push -q
show wait --for=create configmap/settings -n shop --timeout=15s
show get configmap settings -n shop -o jsonpath='{.data.colour}{"\n"}'
printf '```\n'
