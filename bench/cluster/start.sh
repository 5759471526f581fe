#!/usr/bin/env bash
# A Slurm cluster of one node, this machine, without systemd: start.sh FOLDER SLOTS, then SLURM_CONF=FOLDER/slurm.conf sbatch ..
#
# Needs root and Debian's slurm-wlm and munge. Ports, keys and state are its own, so a Slurm that is already there stays as it is.
# slots may exceed the cores: config_overrides believes slurm.conf.
set -euo pipefail
folder=$1
slots=$2
host=$(hostname -s)
mkdir -p "$folder"/{state,spool,munge}
chmod 700 "$folder/munge"
[ -f "$folder/munge/key" ] || (umask 077 && head -c 1024 /dev/urandom > "$folder/munge/key")
cat > "$folder/slurm.conf" << CONF
ClusterName=trexgen
SlurmctldHost=$host
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=30
KillWait=2
MinJobAge=30
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000
NodeName=$host CPUs=$slots State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" --force
slurmctld -f "$folder/slurm.conf"
slurmd -f "$folder/slurm.conf"
