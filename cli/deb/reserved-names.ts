import { InputError } from "../errors";

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

// As found on Debian 12 and 13, Ubuntu 22.04 and 24.04, in a minimal system and in the clouds' images.
const RESERVED: readonly (readonly [string, readonly string[]])[] = [
  [
    "the login account of an image",
    words(
      "admin debian ubuntu ec2-user cloud-user centos fedora rocky almalinux opensuse azureuser vagrant packer bitnami",
    ),
  ],
  [
    "an account or group of the system",
    words(`
      adm audio avahi backup bin cdrom colord crontab daemon dhcpcd dialout dip disk docker fax floppy fwupd-refresh games
      geoclue gnats input irc kmem kvm landscape list lp lxd mail man messagebus netdev news nobody nogroup ntp ntpsec operator
      plugdev polkitd pollinate proxy render root rtkit saned sasl sgx shadow src ssh sshd staff statd sudo sync sys syslog tape
      tcpdump tss tty usbmux users utmp uucp uuidd video voice wheel www-data`),
  ],
  [
    "a package every Debian system has",
    words(`
      adduser apparmor apt apt-utils base-files base-passwd bash bsdutils ca-certificates cloud-guest-utils cloud-init cloud-utils
      coreutils cron cron-daemon-common dash dbus debconf debian-archive-keyring debianutils diffutils dpkg e2fsprogs fdisk findutils gpg gpgv
      grep grub gzip hostname ifupdown init init-system-helpers initramfs-tools iproute2 iputils-ping kmod less locales login
      logrotate mawk mount ncurses-base ncurses-bin netbase netplan netplan-io nftables openssh-client openssh-server openssl
      passwd perl perl-base polkitd procps rsyslog sed snapd sqv sysvinit-utils tar tasksel tzdata ucf udev ufw
      unattended-upgrades util-linux zlib1g`),
  ],
  [
    "a folder of the system's in /usr/lib, /var/lib, /etc/default or /opt",
    words(`
      amazon aws cloud cni console-setup containerd dhcp firmware gcc git gnupg hwclock ifplugd jvm keyboard linux locale lsb mime
      misc modules networking nss os-prober pam pcrlock polkit polkit-1 private python sasl2 ssl terminfo useradd vim
      x86-64-linux-gnu`),
  ],
  [
    "a package that towline's own need on hosts",
    words(
      "apt-transport-s3 awscli build-essential bundler curl jq make node nodejs npm python python3 ruby systemd wget",
    ),
  ],
  [
    "a command of every Debian system",
    words(`
      add-shell agetty apt-cache apt-cdrom apt-config apt-get apt-mark arch awk b2sum base32 base64 basename basenc bashbug blkdiscard
      blkid blkzone blockdev captoinfo cat chage chcon chcpu chfn chgpasswd chgrp chmem chmod choom chown chpasswd chroot chrt
      chsh cksum clear cmp comm cp csplit cut date dd deb-systemd-helper deb-systemd-invoke df diff diff3 dir dircolors dirname
      dmesg dnsdomainname domainname dpkg-deb dpkg-divert dpkg-maintscript-helper dpkg-query dpkg-realpath dpkg-split
      dpkg-statoverride dpkg-trigger du echo egrep env expand expiry expr factor faillock fallocate false fgrep find findfs
      findmnt flock fmt fold fsck fsfreeze fstab-decode fstrim getconf getent getopt getty gpasswd groupadd groupdel groupmod
      groups grpck grpconv grpunconv gunzip gzexe halt hardlink head hostid hostnamectl i386 iconv iconvconfig id infocmp
      infotocap install installkernel ionice ip ipcmk ipcrm ipcs ischroot isosize join journalctl kill killall5 ldattach
      ldconfig ldd link linux32 linux64 ln localectl localedef logger loginctl logname losetup ls lsblk lscpu lsipc lslocks
      lslogins lsmem lsns mcookie md5sum mesg mkdir mkfifo mkfs mknod mkswap mktemp more mountpoint mv namei nawk newgrp newusers nice
      nisdomainname nl nohup nologin nproc nsenter numfmt od pam-auth-update partx paste pathchk pgrep pidof ping pinky pkill
      pldd poweroff pr printenv printf prlimit ps ptx pwck pwconv pwd pwunconv rbash readlink readprofile realpath reboot
      remove-shell renice reset resolvectl rev rgrep rm rmdir rmt-tar rtcwake run-parts runcon runlevel runuser savelog script
      scriptlive scriptreplay sdiff seq service setarch setpriv setsid setterm sg sh sha1sum sha224sum sha256sum sha384sum
      sha512sum shadowconfig shred shuf shutdown sleep sort split ss start-stop-daemon stat stdbuf stty su sulogin sum swaplabel
      swapoff swapon systemctl tabs tac tail tarcat taskset tee tempfile telinit test tic timedatectl timeout toe top touch tput tr true
      truncate tset tsort tzselect uclampset umount uname uncompress unexpand uniq unlink unshare update-alternatives
      update-passwd update-shells uptime userdel usermod vdir vigr vipw vmstat wall watch wc wdctl whereis which who whoami
      wipefs xargs yes ypdomainname zcat zcmp zdiff zdump zegrep zfgrep zforce zgrep zic zless zmore znew zramctl`),
  ],
];

// Their members are too many to name, and more come.
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^towline(-|$)/, "towline's own"],
  [/^systemd(-|$)/, "systemd's own"],
  [
    /^(linux-(image|headers|base)|grub|lib)-|^lib(c|gcc|ssl|systemd|apt|pam)[a-z-]*[0-9]?$/,
    "a package every Debian system has",
  ],
];

/** Programs that every host has. */
export const SYSTEM_COMMANDS: ReadonlySet<string> = new Set([
  ...RESERVED.filter(([owner]) => /^a (package|command) (of )?every/.test(owner)).flatMap(([, names]) => names),
  ...["curl", "jq"],
]);

/**
 * Refuses names of apps that would take what is another's on hosts: an account, a command, a package, a folder.
 * @param path only for messages
 * @throws InputError with whose it is
 */
export function requireFreeName(path: string, name: string): void {
  const owner =
    FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? RESERVED.find(([, names]) => names.includes(name))?.[0];
  if (owner === undefined) return;
  const instead = `${name.replace(/^towline-?/, "") || "shop"}-app`.slice(-31);
  throw new InputError(
    `${path}: name: '${name}' is ${owner}, which the package would take over or delete; set another, such as 'name: ${instead}'`,
  );
}
