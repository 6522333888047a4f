{{- /* What the three processes have in common. Each takes {root, process}. */ -}}

{{- define "replyclock.name" -}}
{{ printf "%s-%s" (trunc 45 .root.Release.Name) .process }}
{{- end }}

{{- define "replyclock.selector" -}}
app.kubernetes.io/name: replyclock
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- with .process }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "replyclock.labels" -}}
{{ include "replyclock.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- /* Which secrets of `secrets.keys` a process reads, as a JSON list. */ -}}
{{- define "replyclock.secrets" -}}
{{- $reads := dict
  "intake" (list "kafka_password" "id_secret" "contact_key" "whatsapp_app_secret" "whatsapp_verify_token" "messenger_app_secret" "messenger_verify_token" "meta_apps" "events_token" "events_tokens")
  "worker" (list "kafka_password")
  "alerts" (list "kafka_password" "redis_password" "slack_bot_token" "slack_app_token" "slack_signing_secret" "contact_key" "events_token" "events_tokens")
}}
{{- $mounted := list }}
{{- range $key := .root.Values.secrets.keys }}
{{- if or (has $key (index $reads $.process)) (and (eq $.process "alerts") (hasPrefix "sink_" $key)) }}
{{- $mounted = append $mounted $key }}
{{- end }}
{{- end }}
{{- toJson $mounted }}
{{- end }}

{{- define "replyclock.env" -}}
- {name: REPLYCLOCK_CONFIG, value: /etc/replyclock/sla.yaml}
{{- range $name, $value := .root.Values.settings }}
- name: REPLYCLOCK_{{ upper $name }}
  value: {{ kindIs "string" $value | ternary $value (toJson $value) | quote }}
{{- end }}
{{- range include "replyclock.secrets" . | fromJsonArray }}
- {name: REPLYCLOCK_{{ upper . }}_FILE, value: /run/secrets/replyclock/{{ . }}}
{{- end }}
{{- if .root.Values.kafkaTls.secret }}
{{- range $what := list "ca" "cert" "key" }}
{{- with index $.root.Values.kafkaTls $what }}
- {name: REPLYCLOCK_KAFKA_{{ upper $what }}_FILE, value: /run/secrets/kafka/{{ . }}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* A pod. Of its own: env, ports, door (the port that traffic comes to), mounts, lifecycle. */ -}}
{{- define "replyclock.pod" -}}
{{- $own := index .root.Values .process -}}
{{- $secrets := include "replyclock.secrets" . | fromJsonArray -}}
metadata:
  labels:
    # No version: a new chart alone restarts nothing.
    {{- include "replyclock.selector" . | nindent 4 }}
spec:
  automountServiceAccountToken: false
  # Else Kubernetes adds variables of its own for each Service: REPLYCLOCK_INTAKE_PORT
  # would be tcp://10.0.0.1:8080, which is no port.
  enableServiceLinks: false
  # A process ends within 20 s.
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets: {{ toJson . }}
  {{- end }}
  {{- range $what := list "nodeSelector" "tolerations" "affinity" }}
  {{- with index $own $what }}
  {{ $what }}: {{ toJson . }}
  {{- end }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "replyclock.selector" . | nindent 10 }}
  containers:
    - name: {{ .process }}
      image: {{ .root.Values.image.repository }}:{{ coalesce $own.tag .root.Values.image.tag .root.Chart.AppVersion }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [{{ .process }}]
      env:
        {{- include "replyclock.env" . | nindent 8 }}
        {{- .env | nindent 8 }}
      ports:
        {{- .ports | nindent 8 }}
      # Alive is who answers at all: who waits for Kafka, Redis or a backlog is alive, and
      # not ready. It is asked where the internet does not come.
      startupProbe:
        httpGet: {path: /healthz, port: metrics}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /healthz, port: metrics}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: {{ .door | default "metrics" }}}
        periodSeconds: 5
        timeoutSeconds: 4
      {{- with .lifecycle }}
      lifecycle:
        {{- . | nindent 8 }}
      {{- end }}
      resources: {{ toJson $own.resources }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        # The folder, not the file (subPath): Kubernetes changes files in it, never those.
        - {name: config, mountPath: /etc/replyclock, readOnly: true}
        {{- if $secrets }}
        - {name: secrets, mountPath: /run/secrets/replyclock, readOnly: true}
        {{- end }}
        {{- if .root.Values.kafkaTls.secret }}
        - {name: kafka, mountPath: /run/secrets/kafka, readOnly: true}
        {{- end }}
        {{- with .mounts }}
        {{- . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {medium: Memory, sizeLimit: 64Mi}
    - name: config
      configMap: {name: {{ .root.Values.slaConfigMap | default (printf "%s-rules" .root.Release.Name) }}}
    {{- if $secrets }}
    - name: secrets
      secret:
        secretName: {{ .root.Values.secrets.name }}
        defaultMode: 288  # r--r-----
        items:
          {{- range $secrets }}
          - {key: {{ . }}, path: {{ . }}}
          {{- end }}
    {{- end }}
    {{- with .root.Values.kafkaTls.secret }}
    - name: kafka
      secret: {secretName: {{ . }}, defaultMode: 288}
    {{- end }}
{{- end }}
