package io.merlon.agent.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "fd00::, fd00::",
    "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "1:0:3:4:5:6:7:8, 1:0:3:4:5:6:7:8",
    "64:ff9b::1.2.3.4, 64:ff9b::102:304",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
  })
  void readsAndWrites(String text, String canonical) {
    assertEquals(canonical, Address.of(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.4 ",
        "1..2.3",
        "1.2.3.",
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "fe80::1%eth0",
        "g::",
        "12345::",
        "1:2:3:4:5:6:7:8::",
        "1.2.3.4::",
        "::1.2.3",
        "::ffff:1.2.3.4",
        "0:0:0:0:0:ffff:102:304"
      })
  void refusesWhatIsNotExactlyOneAddress(String text) {
    assertNull(Address.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "::/129",
        "/8",
        "::/-1",
        "::ffff:10.0.0.0/104"
      })
  void refusesWhatIsNotExactlyOneBlock(String text) {
    assertNull(Cidr.parse(text));
  }

  @Test
  void masksHostBits() {
    assertEquals("10.0.0.0/8", Cidr.of("10.161.3.4/8").toString());
    assertEquals("2001:db8:8000::/33", Cidr.of("2001:db8:ffff::1/33").toString());
    assertEquals("2001:db8::/65", Cidr.of("2001:db8::7fff:0:0:1/65").toString());
    assertEquals("::/0", Cidr.of("ffff::/0").toString());
    assertEquals("0.0.0.0/0", Cidr.of("255.255.255.255/0").toString());
  }

  @Test
  void containsItsOwnFamilyOnly() {
    assertTrue(Cidr.of("0.0.0.0/0").contains(Address.of("1.2.3.4")));
    assertFalse(Cidr.of("0.0.0.0/0").contains(Address.of("::")));
    assertTrue(Cidr.of("10.0.0.0/8").contains(Cidr.of("10.1.0.0/16")));
    assertFalse(Cidr.of("10.1.0.0/16").contains(Cidr.of("10.0.0.0/8")));
  }

  @Test
  void ordersUnsigned() {
    assertTrue(Address.of("128.0.0.0").compareTo(Address.of("127.0.0.0")) > 0);
    assertTrue(Address.of("::").compareTo(Address.of("255.255.255.255")) > 0);
  }
}
