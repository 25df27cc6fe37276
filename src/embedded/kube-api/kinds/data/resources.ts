/** Written by scripts/kube-kinds.ts from Kubernetes 1.36.1; not edited by hand. */
export const resourceText: string = `
@ v1
bindings Binding N binding create - - - - core.v1.Binding
componentstatuses ComponentStatus C componentstatus get,list cs - - - core.v1.ComponentStatus
configmaps ConfigMap N configmap create,delete,deletecollection,get,list,patch,update,watch cm - qFsyl6wFWjQ= - core.v1.ConfigMap
endpoints Endpoints N endpoints create,delete,deletecollection,get,list,patch,update,watch ep - fWeeMqaN/OA= - core.v1.Endpoints
events Event N event create,delete,deletecollection,get,list,patch,update,watch ev - r2yiGXH7wu8= - core.v1.Event
limitranges LimitRange N limitrange create,delete,deletecollection,get,list,patch,update,watch limits - EBKMFVe6cwo= - core.v1.LimitRange
namespaces Namespace C namespace create,delete,get,list,patch,update,watch ns - Q3oi5N2YM8M= - core.v1.Namespace
namespaces/finalize Namespace C - update - - - - core.v1.Namespace
namespaces/status Namespace C - get,patch,update - - - - core.v1.Namespace
nodes Node C node create,delete,deletecollection,get,list,patch,update,watch no - XwShjMxG9Fs= - core.v1.Node
nodes/proxy NodeProxyOptions C - create,delete,get,patch,update - - - - -
nodes/status Node C - get,patch,update - - - - core.v1.Node
persistentvolumeclaims PersistentVolumeClaim N persistentvolumeclaim create,delete,deletecollection,get,list,patch,update,watch pvc - QWTyNDq0dC4= - core.v1.PersistentVolumeClaim
persistentvolumeclaims/status PersistentVolumeClaim N - get,patch,update - - - - core.v1.PersistentVolumeClaim
persistentvolumes PersistentVolume C persistentvolume create,delete,deletecollection,get,list,patch,update,watch pv - HN/zwEC+JgM= - core.v1.PersistentVolume
persistentvolumes/status PersistentVolume C - get,patch,update - - - - core.v1.PersistentVolume
pods Pod N pod create,delete,deletecollection,get,list,patch,update,watch po all xPOwRZ+Yhw8= - core.v1.Pod
pods/attach PodAttachOptions N - create,get - - - - -
pods/binding Binding N - create - - - - core.v1.Binding
pods/ephemeralcontainers Pod N - get,patch,update - - - - core.v1.Pod
pods/eviction Eviction N - create - - - policy/v1 policy.v1.Eviction
pods/exec PodExecOptions N - create,get - - - - -
pods/log Pod N - get - - - - core.v1.Pod
pods/portforward PodPortForwardOptions N - create,get - - - - -
pods/proxy PodProxyOptions N - create,delete,get,patch,update - - - - -
pods/resize Pod N - get,patch,update - - - - core.v1.Pod
pods/status Pod N - get,patch,update - - - - core.v1.Pod
podtemplates PodTemplate N podtemplate create,delete,deletecollection,get,list,patch,update,watch - - LIXB2x4IFpk= - core.v1.PodTemplate
replicationcontrollers ReplicationController N replicationcontroller create,delete,deletecollection,get,list,patch,update,watch rc all Jond2If31h0= - core.v1.ReplicationController
replicationcontrollers/scale Scale N - get,patch,update - - - autoscaling/v1 autoscaling.v1.Scale
replicationcontrollers/status ReplicationController N - get,patch,update - - - - core.v1.ReplicationController
resourcequotas ResourceQuota N resourcequota create,delete,deletecollection,get,list,patch,update,watch quota - 8uhSgffRX6w= - core.v1.ResourceQuota
resourcequotas/status ResourceQuota N - get,patch,update - - - - core.v1.ResourceQuota
secrets Secret N secret create,delete,deletecollection,get,list,patch,update,watch - - S6u1pOWzb84= - core.v1.Secret
serviceaccounts ServiceAccount N serviceaccount create,delete,deletecollection,get,list,patch,update,watch sa - pbx9ZvyFpBE= - core.v1.ServiceAccount
serviceaccounts/token TokenRequest N - create - - - authentication.k8s.io/v1 authentication.v1.TokenRequest
services Service N service create,delete,deletecollection,get,list,patch,update,watch svc all 0/CO1lhkEBI= - core.v1.Service
services/proxy ServiceProxyOptions N - create,delete,get,patch,update - - - - -
services/status Service N - get,patch,update - - - - core.v1.Service
@ apiregistration.k8s.io/v1
apiservices APIService C apiservice create,delete,deletecollection,get,list,patch,update,watch - api-extensions InPBPD7+PqM= - apiregistration.v1.APIService
apiservices/status APIService C - get,patch,update - - - - apiregistration.v1.APIService
@ apps/v1
controllerrevisions ControllerRevision N controllerrevision create,delete,deletecollection,get,list,patch,update,watch - - 85nkx63pcBU= - apps.v1.ControllerRevision
daemonsets DaemonSet N daemonset create,delete,deletecollection,get,list,patch,update,watch ds all dd7pWHUlMKQ= - apps.v1.DaemonSet
daemonsets/status DaemonSet N - get,patch,update - - - - apps.v1.DaemonSet
deployments Deployment N deployment create,delete,deletecollection,get,list,patch,update,watch deploy all 8aSe+NMegvE= - apps.v1.Deployment
deployments/scale Scale N - get,patch,update - - - autoscaling/v1 autoscaling.v1.Scale
deployments/status Deployment N - get,patch,update - - - - apps.v1.Deployment
replicasets ReplicaSet N replicaset create,delete,deletecollection,get,list,patch,update,watch rs all P1RzHs8/mWQ= - apps.v1.ReplicaSet
replicasets/scale Scale N - get,patch,update - - - autoscaling/v1 autoscaling.v1.Scale
replicasets/status ReplicaSet N - get,patch,update - - - - apps.v1.ReplicaSet
statefulsets StatefulSet N statefulset create,delete,deletecollection,get,list,patch,update,watch sts all H+vl74LkKdo= - apps.v1.StatefulSet
statefulsets/scale Scale N - get,patch,update - - - autoscaling/v1 autoscaling.v1.Scale
statefulsets/status StatefulSet N - get,patch,update - - - - apps.v1.StatefulSet
@ events.k8s.io/v1
events Event N event create,delete,deletecollection,get,list,patch,update,watch ev - r2yiGXH7wu8= - events.v1.Event
@ authentication.k8s.io/v1
selfsubjectreviews SelfSubjectReview C selfsubjectreview create - - - - authentication.v1.SelfSubjectReview
tokenreviews TokenReview C tokenreview create - - - - authentication.v1.TokenReview
@ authorization.k8s.io/v1
localsubjectaccessreviews LocalSubjectAccessReview N localsubjectaccessreview create - - - - authorization.v1.LocalSubjectAccessReview
selfsubjectaccessreviews SelfSubjectAccessReview C selfsubjectaccessreview create - - - - authorization.v1.SelfSubjectAccessReview
selfsubjectrulesreviews SelfSubjectRulesReview C selfsubjectrulesreview create - - - - authorization.v1.SelfSubjectRulesReview
subjectaccessreviews SubjectAccessReview C subjectaccessreview create - - - - authorization.v1.SubjectAccessReview
@ autoscaling/v2
horizontalpodautoscalers HorizontalPodAutoscaler N horizontalpodautoscaler create,delete,deletecollection,get,list,patch,update,watch hpa all qwQve8ut294= - autoscaling.v2.HorizontalPodAutoscaler
horizontalpodautoscalers/status HorizontalPodAutoscaler N - get,patch,update - - - - autoscaling.v2.HorizontalPodAutoscaler
@ autoscaling/v1
horizontalpodautoscalers HorizontalPodAutoscaler N horizontalpodautoscaler create,delete,deletecollection,get,list,patch,update,watch hpa all qwQve8ut294= - autoscaling.v1.HorizontalPodAutoscaler
horizontalpodautoscalers/status HorizontalPodAutoscaler N - get,patch,update - - - - autoscaling.v1.HorizontalPodAutoscaler
@ batch/v1
cronjobs CronJob N cronjob create,delete,deletecollection,get,list,patch,update,watch cj all sd5LIXh4Fjs= - batch.v1.CronJob
cronjobs/status CronJob N - get,patch,update - - - - batch.v1.CronJob
jobs Job N job create,delete,deletecollection,get,list,patch,update,watch - all mudhfqk/qZY= - batch.v1.Job
jobs/status Job N - get,patch,update - - - - batch.v1.Job
@ certificates.k8s.io/v1
certificatesigningrequests CertificateSigningRequest C certificatesigningrequest create,delete,deletecollection,get,list,patch,update,watch csr - 95fRKMXA+00= - certificates.v1.CertificateSigningRequest
certificatesigningrequests/approval CertificateSigningRequest C - get,patch,update - - - - certificates.v1.CertificateSigningRequest
certificatesigningrequests/status CertificateSigningRequest C - get,patch,update - - - - certificates.v1.CertificateSigningRequest
@ networking.k8s.io/v1
ingressclasses IngressClass C ingressclass create,delete,deletecollection,get,list,patch,update,watch - - l/iqIbDgFyQ= - networking.v1.IngressClass
ingresses Ingress N ingress create,delete,deletecollection,get,list,patch,update,watch ing - 39NQlfNR+bo= - networking.v1.Ingress
ingresses/status Ingress N - get,patch,update - - - - networking.v1.Ingress
ipaddresses IPAddress C ipaddress create,delete,deletecollection,get,list,patch,update,watch ip - 3f/plJFChNE= - networking.v1.IPAddress
networkpolicies NetworkPolicy N networkpolicy create,delete,deletecollection,get,list,patch,update,watch netpol - YpfwF18m1G8= - networking.v1.NetworkPolicy
servicecidrs ServiceCIDR C servicecidr create,delete,deletecollection,get,list,patch,update,watch - - gNLvruQhW2g= - networking.v1.ServiceCIDR
servicecidrs/status ServiceCIDR C - get,patch,update - - - - networking.v1.ServiceCIDR
@ policy/v1
poddisruptionbudgets PodDisruptionBudget N poddisruptionbudget create,delete,deletecollection,get,list,patch,update,watch pdb - EVWiDmWqyJw= - policy.v1.PodDisruptionBudget
poddisruptionbudgets/status PodDisruptionBudget N - get,patch,update - - - - policy.v1.PodDisruptionBudget
@ rbac.authorization.k8s.io/v1
clusterrolebindings ClusterRoleBinding C clusterrolebinding create,delete,deletecollection,get,list,patch,update,watch - - 48tpQ8gZHFc= - rbac.v1.ClusterRoleBinding
clusterroles ClusterRole C clusterrole create,delete,deletecollection,get,list,patch,update,watch - - bYE5ZWDrJ44= - rbac.v1.ClusterRole
rolebindings RoleBinding N rolebinding create,delete,deletecollection,get,list,patch,update,watch - - eGsCzGH6b1g= - rbac.v1.RoleBinding
roles Role N role create,delete,deletecollection,get,list,patch,update,watch - - 7FuwZcIIItM= - rbac.v1.Role
@ storage.k8s.io/v1
csidrivers CSIDriver C csidriver create,delete,deletecollection,get,list,patch,update,watch - - hL6j/rwBV5w= - storage.v1.CSIDriver
csinodes CSINode C csinode create,delete,deletecollection,get,list,patch,update,watch - - Pe62DkZtjuo= - storage.v1.CSINode
csistoragecapacities CSIStorageCapacity N csistoragecapacity create,delete,deletecollection,get,list,patch,update,watch - - xeVl+2Ly1kE= - storage.v1.CSIStorageCapacity
storageclasses StorageClass C storageclass create,delete,deletecollection,get,list,patch,update,watch sc - K+m6uJwbjGY= - storage.v1.StorageClass
volumeattachments VolumeAttachment C volumeattachment create,delete,deletecollection,get,list,patch,update,watch - - tJx/ezt6UDU= - storage.v1.VolumeAttachment
volumeattachments/status VolumeAttachment C - get,patch,update - - - - storage.v1.VolumeAttachment
volumeattributesclasses VolumeAttributesClass C volumeattributesclass create,delete,deletecollection,get,list,patch,update,watch vac - tIjydgKBC5w= - storage.v1.VolumeAttributesClass
@ admissionregistration.k8s.io/v1
mutatingadmissionpolicies MutatingAdmissionPolicy C mutatingadmissionpolicy create,delete,deletecollection,get,list,patch,update,watch - api-extensions LYmCf+UMVdg= - admissionregistration.v1.MutatingAdmissionPolicy
mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding C mutatingadmissionpolicybinding create,delete,deletecollection,get,list,patch,update,watch - api-extensions 90V5FRZZ3Zg= - admissionregistration.v1.MutatingAdmissionPolicyBinding
mutatingwebhookconfigurations MutatingWebhookConfiguration C mutatingwebhookconfiguration create,delete,deletecollection,get,list,patch,update,watch - api-extensions Sqi0GUgDaX0= - admissionregistration.v1.MutatingWebhookConfiguration
validatingadmissionpolicies ValidatingAdmissionPolicy C validatingadmissionpolicy create,delete,deletecollection,get,list,patch,update,watch - api-extensions 6OxvlMmQ6is= - admissionregistration.v1.ValidatingAdmissionPolicy
validatingadmissionpolicies/status ValidatingAdmissionPolicy C - get,patch,update - - - - admissionregistration.v1.ValidatingAdmissionPolicy
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding C validatingadmissionpolicybinding create,delete,deletecollection,get,list,patch,update,watch - api-extensions v9715VZqakg= - admissionregistration.v1.ValidatingAdmissionPolicyBinding
validatingwebhookconfigurations ValidatingWebhookConfiguration C validatingwebhookconfiguration create,delete,deletecollection,get,list,patch,update,watch - api-extensions B0wHjQmsGNk= - admissionregistration.v1.ValidatingWebhookConfiguration
@ apiextensions.k8s.io/v1
customresourcedefinitions CustomResourceDefinition C customresourcedefinition create,delete,deletecollection,get,list,patch,update,watch crd,crds api-extensions jfWCUB31mvA= - apiextensions.v1.CustomResourceDefinition
customresourcedefinitions/status CustomResourceDefinition C - get,patch,update - - - - apiextensions.v1.CustomResourceDefinition
@ scheduling.k8s.io/v1
priorityclasses PriorityClass C priorityclass create,delete,deletecollection,get,list,patch,update,watch pc - 1QwjyaZjj3Y= - scheduling.v1.PriorityClass
@ coordination.k8s.io/v1
leases Lease N lease create,delete,deletecollection,get,list,patch,update,watch - - gqkMMb/YqFM= - coordination.v1.Lease
@ node.k8s.io/v1
runtimeclasses RuntimeClass C runtimeclass create,delete,deletecollection,get,list,patch,update,watch - - WQTu1GL3T2Q= - node.v1.RuntimeClass
@ discovery.k8s.io/v1
endpointslices EndpointSlice N endpointslice create,delete,deletecollection,get,list,patch,update,watch - - qgS0xkrxYAI= - discovery.v1.EndpointSlice
@ resource.k8s.io/v1
deviceclasses DeviceClass C deviceclass create,delete,deletecollection,get,list,patch,update,watch - - Yk2PTc1Ybxk= - resource.v1.DeviceClass
resourceclaims ResourceClaim N resourceclaim create,delete,deletecollection,get,list,patch,update,watch - - wgAZaHcZxUg= - resource.v1.ResourceClaim
resourceclaims/status ResourceClaim N - get,patch,update - - - - resource.v1.ResourceClaim
resourceclaimtemplates ResourceClaimTemplate N resourceclaimtemplate create,delete,deletecollection,get,list,patch,update,watch - - TuzjC49aUfM= - resource.v1.ResourceClaimTemplate
resourceslices ResourceSlice C resourceslice create,delete,deletecollection,get,list,patch,update,watch - - KsC072WgaEY= - resource.v1.ResourceSlice
@ flowcontrol.apiserver.k8s.io/v1
flowschemas FlowSchema C flowschema create,delete,deletecollection,get,list,patch,update,watch - - GJVAJZSZBIw= - flowcontrol.v1.FlowSchema
flowschemas/status FlowSchema C - get,patch,update - - - - flowcontrol.v1.FlowSchema
prioritylevelconfigurations PriorityLevelConfiguration C prioritylevelconfiguration create,delete,deletecollection,get,list,patch,update,watch - - Kir5PVfvNeI= - flowcontrol.v1.PriorityLevelConfiguration
prioritylevelconfigurations/status PriorityLevelConfiguration C - get,patch,update - - - - flowcontrol.v1.PriorityLevelConfiguration
`
