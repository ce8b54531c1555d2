//! What is refused, in every spelling.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;

fn closed() -> Guard {
    Guard::default()
}

fn open(networks: &[&str]) -> Guard {
    Guard::new(networks.iter().map(|network| network.parse().unwrap()).collect())
}

fn is_fine(guard: &Guard, address: IpAddr) -> bool {
    let target = guard.target("https://hooks.example.com/x").unwrap();
    guard.judge(&target, &[address]).is_ok()
}

#[test]
fn an_address_that_is_not_public_is_refused_however_it_is_spelled() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f000001",
        "0x7f.1",
        "0.0.0.0",
        "0.1.2.3",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[100::1]",
        "169.254.169.254",
        "168.63.129.16",
        "100.64.0.1",
        "100.100.100.200",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
    ] {
        assert_eq!(closed().target(&format!("https://{host}/x")).err(), Some(Refused::Address), "{host}");
    }
}

#[test]
fn public_addresses_and_names_are_fine_over_https() {
    for host in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "[2606:4700:4700::1111]", "[64:ff9b::808:808]"] {
        assert!(closed().target(&format!("https://{host}/x")).is_ok(), "{host}");
    }
    for url in ["https://example.com", "https://bücher.example/", "https://example.com.:8443/a?b=c"] {
        assert!(closed().target(url).is_ok(), "{url}");
    }
}

#[test]
fn only_complete_http_urls_without_a_user_are_read() {
    let refusal = |text: &str| closed().target(text).err();
    for text in ["", "example.com", "//example.com/x", "https://", "https://a b/", "https://1.2.3.4.5/"] {
        assert_eq!(refusal(text), Some(Refused::Malformed), "{text}");
    }
    assert_eq!(refusal(&format!("https://example.com/{}", "a".repeat(LONGEST_URL))), Some(Refused::Malformed));
    for text in ["file:///etc/passwd", "gopher://example.com/", "ftp://example.com/", "javascript:1", "unix:/x"] {
        assert_eq!(refusal(text), Some(Refused::Scheme), "{text}");
    }
    assert_eq!(refusal("https://user:word@example.com/"), Some(Refused::UserInfo));
    assert_eq!(refusal("https://example.com@127.0.0.1/"), Some(Refused::UserInfo));
    assert_eq!(refusal("http://example.com/"), Some(Refused::Plain));
    for port in [0, 22, 25, 80, 465, 6379, 5432] {
        assert_eq!(refusal(&format!("https://example.com:{port}/")), Some(Refused::Port), "{port}");
    }
}

#[test]
fn an_open_network_takes_any_port_and_plain_http_and_opens_nothing_else() {
    let guard = open(&["10.1.0.0/16", "127.0.0.1", "::1"]);
    for text in ["http://10.1.2.3:80/", "https://127.0.0.1:25/", "http://[::1]:8080/", "http://[::ffff:10.1.0.1]/"] {
        assert!(guard.target(text).is_ok(), "{text}");
    }
    for text in ["https://10.2.0.1/", "https://127.0.0.2/", "https://192.168.0.1/"] {
        assert_eq!(guard.target(text).err(), Some(Refused::Address), "{text}");
    }
    let name = guard.target("http://hooks.internal:81/").unwrap();
    assert_eq!(guard.judge(&name, &["10.1.0.1".parse().unwrap()]), Ok(()));
    assert_eq!(guard.judge(&name, &["8.8.8.8".parse().unwrap()]), Err(Refused::Plain));
    let odd = guard.target("https://hooks.internal:81/").unwrap();
    assert_eq!(guard.judge(&odd, &["8.8.8.8".parse().unwrap()]), Err(Refused::Port));
}

#[test]
fn nothing_opens_the_services_that_give_out_a_machines_credentials() {
    let guard = open(&["0.0.0.0/0", "::/0"]);
    for host in ["169.254.169.254", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]"] {
        assert_eq!(guard.target(&format!("http://{host}/")).err(), Some(Refused::Address), "{host}");
    }
    assert!(guard.target("http://169.254.1.1/").is_ok());
}

#[test]
fn one_bad_address_or_none_refuses_a_name() {
    let (guard, good, bad) = (closed(), "8.8.8.8".parse().unwrap(), "10.0.0.1".parse().unwrap());
    let target = guard.target("https://hooks.example.com/").unwrap();
    assert_eq!(guard.judge(&target, &[good, good]), Ok(()));
    for addresses in [&[good, bad][..], &[bad, good], &[]] {
        assert_eq!(guard.judge(&target, addresses), Err(Refused::Address));
    }
}

proptest! {
    #[test]
    fn whatever_the_standard_library_calls_special_is_refused(bits: u32) {
        let v4 = Ipv4Addr::from_bits(bits);
        let special = v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_multicast()
            || v4.is_broadcast() || v4.is_unspecified() || v4.is_documentation();
        prop_assert!(!(special && is_fine(&closed(), v4.into())));
    }

    #[test]
    fn ipv4_inside_ipv6_is_judged_as_ipv4_or_refused(bits: u32, rest: u64) {
        let v4 = Ipv4Addr::from_bits(bits);
        let plain = is_fine(&closed(), v4.into());
        let [a, b, c, d] = v4.octets().map(u128::from);
        let low = (a << 24) | (b << 16) | (c << 8) | d;
        prop_assert_eq!(is_fine(&closed(), v4.to_ipv6_mapped().into()), plain);
        prop_assert_eq!(is_fine(&closed(), Ipv6Addr::from_bits((0x64_ff9b << 96) | low).into()), plain);
        let compatible = Ipv6Addr::from_bits(low);
        let six_to_four = Ipv6Addr::from_bits((0x2002 << 112) | (low << 80) | u128::from(rest));
        let teredo = Ipv6Addr::from_bits((0x2001_0000 << 96) | (low << 64) | u128::from(rest));
        let local_nat = Ipv6Addr::from_bits((0x0064_ff9b_0001 << 80) | low);
        for address in [compatible, six_to_four, teredo, local_nat] {
            prop_assert!(!is_fine(&closed(), address.into()), "{}", address);
        }
    }

    #[test]
    fn no_ipv6_address_outside_the_global_ones_is_called(bits: u128) {
        let v6 = Ipv6Addr::from_bits(bits);
        let embedded = v6.to_ipv4_mapped().is_some() || bits >> 32 == 0x64_ff9b << 64;
        if bits >> 125 != 1 && !embedded {
            prop_assert!(!is_fine(&closed(), v6.into()));
        }
    }

    #[test]
    fn a_number_is_the_address_it_stands_for(bits: u32) {
        let spelled = |text: String| closed().target(&format!("https://{text}/")).is_ok();
        let plain = spelled(Ipv4Addr::from_bits(bits).to_string());
        prop_assert_eq!(spelled(bits.to_string()), plain);
        prop_assert_eq!(spelled(format!("{bits:#x}")), plain);
        prop_assert_eq!(spelled(format!("0{bits:o}")), plain);
    }

    #[test]
    fn reading_a_url_never_panics(text in ".{0,80}") {
        let _ = closed().target(&text);
        let _ = closed().target(&format!("https://{text}"));
    }
}
