<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <xsl:template match="/loans"><xsl:value-of select="count(loan)"/> loans, <xsl:value-of select="sum(loan/@days)"/> days</xsl:template>
</xsl:stylesheet>
