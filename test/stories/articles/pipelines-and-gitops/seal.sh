# From the article "Kubernetes CI/CD pipelines and GitOps", as printed.
# Encrypt a secret
kubectl create secret generic db-password \
  --from-literal=password=mysecret \
  --dry-run=client -o yaml | kubeseal -o yaml > sealed-secret.yaml

# Commit sealed-secret.yaml to Git safely
git add sealed-secret.yaml && git commit -m "Add sealed DB secret"
