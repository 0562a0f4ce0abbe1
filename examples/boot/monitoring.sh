#!/bin/bash
# Runs what ROLES names. PROMETHEUS and MACHINES are private addresses.
set -euo pipefail

dnf install -y docker
systemctl enable --now docker

start() {
  docker run -d --restart unless-stopped --network host --name "$@"
}

for role in $ROLES; do
  case $role in
    netdata)
      start netdata netdata/netdata
      ;;
    prometheus)
      {
        echo 'scrape_configs:'
        echo '- job_name: machines'
        echo '  metrics_path: /api/v1/allmetrics'
        echo '  params: { format: [prometheus] }'
        echo '  static_configs:'
        echo '  - targets:'
        for machine in $MACHINES $PROMETHEUS; do echo "    - $machine:19999"; done
      } >/etc/prometheus.yml
      # The disk is there a little after the machine, and its first machine gives it a file system.
      disk=/dev/sdf
      until [ -e "$disk" ]; do sleep 2; done
      blkid "$disk" || mkfs.xfs "$disk"
      mkdir -p /data
      mount "$disk" /data
      chmod 777 /data
      start prometheus -v /etc/prometheus.yml:/etc/prometheus/prometheus.yml -v /data:/prometheus prom/prometheus \
        --config.file=/etc/prometheus/prometheus.yml "--storage.tsdb.retention.time=$RETENTION"
      ;;
    grafana)
      start grafana -e "GF_SERVER_ROOT_URL=http://$ADDRESS:3000" grafana/grafana
      ;;
  esac
done
